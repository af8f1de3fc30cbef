package main

// engine is one way to decide the requests of a workload, from the bytes of each to a boolean.
type engine struct {
	name    string
	prepare func(*workload) (decide func(request []byte) (bool, error), err error)
}

// Each parses the bytes by the fastest way that it offers.
var engines = []engine{
	{"nhipol", prepareNhipol},
	{"opa", prepareOPA},
	{"cel-go", prepareCEL},
}
