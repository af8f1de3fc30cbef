package nhipol

import (
	"net/netip"
	"strconv"
)

// Addresses as text: RFC 5952, and a v4 address as a dotted quad. A module holds an Ip in 16 bytes, v4 as ::ffff:0:0/96,
// and a Cidr with one more, how many of the 128 bits count.

const (
	addressBytes = 16
	addressBits  = 128
	mappedBits   = 96
)

func showIP(bytes []byte) string {
	if len(bytes) != addressBytes {
		panic(misread(violationInvalidIp))
	}
	return netip.AddrFrom16([addressBytes]byte(bytes)).Unmap().String()
}

func showCIDR(bytes []byte) string {
	if len(bytes) != addressBytes+1 {
		panic(misread(violationInvalidCidr))
	}
	first, bits := bytes[:addressBytes], int(bytes[addressBytes])
	if bits > addressBits {
		panic(misread(violationLongPrefix))
	}
	if netip.AddrFrom16([addressBytes]byte(first)).Is4In6() {
		bits -= mappedBits
	}
	if bits < 0 {
		panic(misread(violationUnknownCidr))
	}
	return showIP(first) + "/" + strconv.Itoa(bits)
}
