# The policy of the measurement; policy.nhipol is the same.
package bench.ext_authz

default allow := false

http := input.attributes.request.http

ip := input.attributes.source.address.socketAddress.address

roles := input.attributes.metadataContext.filterMetadata["envoy.filters.http.jwt_authn"].payload.roles

under(folder) if input.parsed_path == folder

under(folder) if startswith(input.parsed_path, concat("", [folder, "/"]))

denied if endswith(input.parsed_path, ".env")

denied if not net.cidr_contains("10.0.0.0/8", ip)

denied if http.host != "api.example.com"

allow if {
	not denied
	http.method == "GET"
	"reader" in roles
	under("/customers")
}

allow if {
	not denied
	http.method == "POST"
	"writer" in roles
	under("/customers")
}

allow if {
	not denied
	http.method == "DELETE"
	"admin" in roles
}
