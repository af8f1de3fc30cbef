package main

// engine is a way to decide the requests of a workload, from the bytes of a request to a boolean.
type engine struct {
	name    string
	prepare func(*workload) (decide func(request []byte) (bool, error), err error)
}

// Each parses the bytes in the fastest way that it offers.
var engines = []engine{
	{"nhipol", prepareNhipol},
	{"opa", prepareOPA},
	{"cel-go", prepareCEL},
}
