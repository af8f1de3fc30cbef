// Package check decides requests that Envoy checks. Every request gets an answer, and everything that fails is a deny.
package check

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"

	nhipol "github.com/nhipol/nhipol/hosts/go"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/mapping"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/wire"
)

// Form is the part of the context that refused clients get.
type Form int

// The forms of --context.
const (
	FormFull Form = iota
	FormProfiles
	FormNone
)

// Options are what a Checker needs. All are required, except for Obligations.
type Options struct {
	Policy  *nhipol.Policy
	Mapping *mapping.Mapping
	// Obligations are the names of those that the proxy, or what is after it, carries out.
	Obligations []string
	Form        Form
	// Warn receives what an operator should know.
	Warn func(string)
}

// Checker decides requests. It is safe for concurrent use.
type Checker struct {
	policy      *nhipol.Policy
	mapping     *mapping.Mapping
	obligations []string
	form        Form
	warn        func(string)
	headers     map[string]bool
	mark        string
	// known has responses by the hash of their text. Each slot has one, so that hostile requests take no more memory.
	known [1024]atomic.Pointer[rendered]
	seed  maphash.Seed
	// buffers are for the texts of requests and responses.
	buffers sync.Pool
	ids     sync.Pool
}

// New returns a Checker.
func New(options Options) *Checker {
	headers := map[string]bool{}
	for _, name := range options.Mapping.Headers {
		headers[name] = true
	}
	return &Checker{
		policy:      options.Policy,
		mapping:     options.Mapping,
		obligations: options.Obligations,
		form:        options.Form,
		warn:        options.Warn,
		headers:     headers,
		mark:        newMark(),
		seed:        maphash.MakeSeed(),
		buffers:     sync.Pool{New: func() any { return &buffers{} }},
		ids:         sync.Pool{New: func() any { return &randomness{} }},
	}
}

// newMark is random, so that nobody can make an answer contain it.
func newMark() string {
	var random [idLength / 2]byte
	_, _ = rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

type buffers struct{ request, response []byte }

// maxKeptBuffer limits the buffers that wait for the next check.
const maxKeptBuffer = 1 << 16

// Check decides a request, and returns the response in the format of protobuf.
func (c *Checker) Check(request *wire.CheckRequest) (response []byte) {
	id := c.newID()
	inputs := &attributes{request: request}
	defer func() {
		if failure := recover(); failure != nil {
			c.warn(fmt.Sprint("a check failed: ", failure))
			response = c.render("", refusal("engine_error", "the service failed")).with(&id)
		}
	}()
	return c.respond(c.decide(inputs), inputs, &id)
}

func (c *Checker) decide(inputs *attributes) *rendered {
	texts := c.buffers.Get().(*buffers)
	defer c.putBuffers(texts)
	request, err := c.mapping.AppendRequest(texts.request[:0], inputs)
	texts.request = request
	if err != nil {
		return c.render("", refuse(err))
	}
	texts.response = c.policy.DecideJSON(request).AppendJSON(texts.response[:0])
	slot := &c.known[maphash.Bytes(c.seed, texts.response)%uint64(len(c.known))]
	if known := slot.Load(); known != nil && known.text == string(texts.response) {
		return known
	}
	made := c.renderText(string(texts.response))
	slot.Store(made)
	return made
}

func (c *Checker) putBuffers(texts *buffers) {
	if cap(texts.request) <= maxKeptBuffer && cap(texts.response) <= maxKeptBuffer {
		c.buffers.Put(texts)
	}
}

func (c *Checker) renderText(text string) *rendered {
	answer, err := readAnswer(text)
	if err != nil {
		c.warn("a check failed: " + err.Error())
		answer = refusal("engine_error", "the service failed")
	}
	return c.render(text, answer.restrict(c.obligations))
}

// refuse is the answer to a request that has no decision.
func refuse(err error) *answer {
	var notMapped *mapping.NotMappedError
	switch {
	case errors.As(err, &notMapped):
		return refusal("not_mapped", err.Error())
	case errors.Is(err, mapping.ErrSession):
		return refusal("no_session", err.Error())
	}
	return refusal("not_decided", err.Error())
}

// respond returns the message. A permit also removes the headers that the client forged.
func (c *Checker) respond(answer *rendered, inputs *attributes, id *[idLength]byte) []byte {
	if answer.permitted != nil {
		if forged := forgedNames(inputs, answer.permitted); len(forged) > 0 {
			response := *answer.permitted
			response.Remove = append(append([]string{}, response.Remove...), forged...)
			answer = &rendered{}
			answer.setMessage(&response, c.mark)
		}
	}
	return answer.with(id)
}

// randomness is read from the system in blocks.
type randomness struct {
	bytes [1024]byte
	// left is the number of bytes that no id contains yet.
	left int
}

// newID returns a UUID of version 4.
func (c *Checker) newID() (id [idLength]byte) {
	random := c.ids.Get().(*randomness)
	if random.left < 16 {
		_, _ = rand.Read(random.bytes[:])
		random.left = len(random.bytes)
	}
	var uuid [16]byte
	copy(uuid[:], random.bytes[random.left-16:])
	random.left -= 16
	c.ids.Put(random)
	uuid[6] = uuid[6]&0x0f | 0x40
	uuid[8] = uuid[8]&0x3f | 0x80
	hex.Encode(id[0:8], uuid[0:4])
	hex.Encode(id[9:13], uuid[4:6])
	hex.Encode(id[14:18], uuid[6:8])
	hex.Encode(id[19:23], uuid[8:10])
	hex.Encode(id[24:36], uuid[10:16])
	id[8], id[13], id[18], id[23] = '-', '-', '-', '-'
	return id
}
