package nhipol

import (
	"math"
	"slices"
	"strings"
)

// What the module wrote, as an answer, by the manifest. Every number is checked: one that the ABI does not allow panics, and so
// never passes for an answer. Answers that are the same each time but for how long they hold are made once and kept.

type answerReader struct {
	manifest *manifest
	reasons  reasonReader
	reads    *readsReader
	kept     keptAnswers
	// constraints are indexes, in ASCII order of their names.
	constraints []int
}

func newAnswerReader(manifest *manifest) *answerReader {
	order := make([]int, len(manifest.constraints))
	for at := range order {
		order[at] = at
	}
	slices.SortFunc(order, func(a, b int) int {
		return strings.Compare(manifest.constraints[a].name, manifest.constraints[b].name)
	})
	return &answerReader{
		manifest:    manifest,
		reasons:     reasonReader{manifest, obligationReader{manifest}},
		reads:       newReadsReader(manifest),
		kept:        newKeptAnswers(),
		constraints: order,
	}
}

// head is a result's parts that depend on nothing else.
type head struct {
	effect    int
	isInvalid bool
	// own is a reason that is no rule's, and empty where there is none.
	own string
}

func (r *answerReader) read(instance *instance, result int) Answer {
	until := readUntil(instance.view, result)
	key := r.kept.keyOf(instance, result)
	if key == nil {
		return Answer{r.make(instance, result), until}
	}
	said := r.kept.get(key)
	if said == nil {
		head := readHead(instance.view, result)
		count := instance.view.address(result + resultReasonCount)
		isSteady := !r.reasons.needExplaining(instance, head.effect, count)
		said = r.make(instance, result)
		if isSteady {
			r.kept.keep(key, said)
		}
	}
	return Answer{said, until}
}

func (r *answerReader) make(instance *instance, result int) *verdict {
	head := readHead(instance.view, result)
	fault := readFault(instance.view, result, r.manifest)
	if head.isInvalid != (fault != nil) {
		panic(misread(violationErrorFlag))
	}
	count := instance.view.address(result + resultReasonCount)
	if count > len(r.manifest.reasons) {
		panic(misread(violationTooManyReasons))
	}
	own := head.own
	if head.isInvalid && head.effect == deny {
		own = "invalid_request"
	}
	if (own != "") != (count == 0) {
		panic(misread(violationEffectReasons))
	}
	read := r.readOf(instance.view, result, head)
	said := &verdict{effect: effects[head.effect], read: read.paths, isSingleUse: read.isSingleUse, fault: fault}
	// Explaining the reasons may use the memory that constraints lie in.
	if head.effect == narrow {
		said.constraints = r.readConstraints(instance)
	}
	if own == "" {
		r.reasons.read(instance, head.effect, count, said)
	} else {
		said.reasons, said.details = []string{own}, []ReasonDetail{ownReason(own, said.effect)}
	}
	if head.effect == challenge && slices.Contains(read.paths, digestPath) {
		said.callDigest = instance.judgedCall()
	}
	return said
}

func (r *answerReader) readConstraints(instance *instance) map[string]any {
	constraints := map[string]any{}
	for _, index := range r.constraints {
		cell := instance.constraints + index*cellSize
		if isPresent(instance.view, cell) {
			constraint := r.manifest.constraints[index]
			constraints[constraint.name] = cellToJSON(instance.view, cell, constraint.is)
		}
	}
	return constraints
}

func (r *answerReader) readOf(memory memory, result int, head head) *readings {
	code := memory.u32(result + resultErrorCode)
	if head.own == "clock_went_back" || (head.isInvalid && !isOfMember(code)) {
		return allRead
	}
	selector := func(at int, names []string) int {
		number := memory.address(result + at)
		if number > len(names) {
			panic(misread(violationUnknownSelector))
		}
		return number
	}
	chosen := selectors{
		subject:  selector(resultSubject, r.manifest.subjects),
		action:   selector(resultAction, r.manifest.actions),
		resource: selector(resultResource, r.manifest.resources),
	}
	if head.isInvalid {
		return r.reads.ofInvalid(chosen)
	}
	return r.reads.of(chosen, head.effect, head.own == "default_deny")
}

// isOfMember: of a fault that leaves the rest of the request to be judged; other errors do not.
func isOfMember(code uint32) bool { return code >= codeWrongType && code < codeNoRoom }

// By the flags of a result: the reasons that are no rule's, and the effects that they come with.
var ownReasons = []struct {
	flag   uint32
	id     string
	effect int
}{
	{flagDefaultDeny, "default_deny", deny},
	{flagClockWentBack, "clock_went_back", deny},
	{flagRevokedBefore, "revoked_before", revoke},
}

func readHead(memory memory, result int) head {
	read := head{effect: memory.address(result + resultEffect)}
	effectAt(read.effect)
	flags := memory.u32(result + resultFlags)
	read.isInvalid = flags&flagInvalid != 0
	for _, own := range ownReasons {
		if flags&own.flag == 0 {
			continue
		}
		if read.own != "" || read.isInvalid || read.effect != own.effect {
			panic(misread(violationEffectFlags))
		}
		read.own = own.id
	}
	if read.isInvalid && read.effect != deny && read.effect != revoke {
		panic(misread(violationGrantedInvalid))
	}
	return read
}

func readUntil(memory memory, result int) int64 {
	milliseconds := memory.f64(result + resultValidUntil)
	if math.IsInf(milliseconds, 1) {
		return noEnd
	}
	if !isExact(milliseconds) {
		panic(misread(violationInvalidInstant))
	}
	return int64(milliseconds)
}
