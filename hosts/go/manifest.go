package nhipol

import (
	"bytes"
	"encoding/json"
)

// Manifest returns the manifest of the module as JSON, among others with `schema`, the JSON Schema of a request. It is nil if
// the module has none.
func (p *Policy) Manifest() json.RawMessage {
	for _, section := range p.module.CustomSections() {
		if section.Name() == manifestSection {
			return bytes.Clone(section.Data())
		}
	}
	return nil
}

// Name returns the name of the policy. It is empty if the module has no manifest.
func (p *Policy) Name() string { return p.described().Policy.Name }

// Version returns the version of the policy.
func (p *Policy) Version() string { return p.described().Policy.Version }

func (p *Policy) described() (manifest struct {
	Policy struct{ Name, Version string }
}) {
	_ = json.Unmarshal(p.Manifest(), &manifest)
	return manifest
}
