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
		panic(misread("an Ip that is not 16 bytes"))
	}
	return netip.AddrFrom16([addressBytes]byte(bytes)).Unmap().String()
}

func showCIDR(bytes []byte) string {
	if len(bytes) != addressBytes+1 {
		panic(misread("a Cidr that is not 17 bytes"))
	}
	first, bits := bytes[:addressBytes], int(bytes[addressBytes])
	if bits > addressBits {
		panic(misread("a Cidr of more than 128 bits"))
	}
	if netip.AddrFrom16([addressBytes]byte(first)).Is4In6() {
		bits -= mappedBits
	}
	if bits < 0 {
		panic(misread("a Cidr that is neither v4 nor v6"))
	}
	return showIP(first) + "/" + strconv.Itoa(bits)
}
