// The policy of the tests of clusters: reads are permitted until a signal revokes the session.

export const clusterPolicy = `
policy test.cluster version "1.0.0"

subject ai_agent { team?: String, level?: Int }
action read {}
resource file {}
context { time: Timestamp, ok?: Bool }
signals { "leaked": { where?: String } }

for ai_agent {
  revoke leaked when once(signal "leaked")
    because "a credential has leaked"
}
for ai_agent doing read on file {
  permit reads when context.ok
}
`;
