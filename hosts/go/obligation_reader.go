package nhipol

import (
	"math"
	"slices"
)

// The obligations of an answer, from what its reasons ask for, once the module has explained them: each once, in the order of
// the reasons. What is not said whole is left out of a deny, and is a failure of the module anywhere else. And the
// answer's access request, which is the first of that type.

type obligationReader struct{ manifest *manifest }

func asks(row *reasonRow, effect int) bool { return row.asks != nil && row.asks.effect == effect }

type askedFor struct {
	reason     string
	properties []namedIndex
	obligation obligationRow
}

// asked takes the reasons in their order.
func (r obligationReader) asked(effect int, fired []firedReason) []askedFor {
	var found []askedFor
	for _, each := range fired {
		if !asks(each.row, effect) {
			continue
		}
		for _, demand := range each.row.asks.demands {
			row := find(r.manifest.obligations, demand.obligation, violationUnknownObligation)
			found = append(found, askedFor{each.row.id, demand.properties, row})
		}
	}
	return found
}

func (r obligationReader) read(instance *instance, effect int, asked []askedFor) []Obligation {
	var found []Obligation
	places := map[string]int{}
	for _, each := range asked {
		if each.obligation.kind == accessRequestType {
			continue
		}
		said := r.said(instance, each.properties)
		if said == nil {
			if effect == deny || effect == revoke {
				continue
			}
			panic(misread(violationUnusableObligation))
		}
		key := string(appendMembers(appendString(nil, each.obligation.name), said))
		place, isThere := places[key]
		if !isThere {
			place = len(found)
			places[key] = place
			found = append(found, Obligation{each.obligation.name, each.obligation.kind, said, nil})
		}
		if obligation := &found[place]; !slices.Contains(obligation.Reasons, each.reason) {
			obligation.Reasons = append(obligation.Reasons, each.reason)
		}
	}
	return found
}

// accessRequest is nil, too, where the module judged without an instant: nobody could tell until when.
func (r obligationReader) accessRequest(instance *instance, asked []askedFor) *AccessRequest {
	at := slices.IndexFunc(asked, func(each askedFor) bool { return each.obligation.kind == accessRequestType })
	if at < 0 {
		return nil
	}
	evaluatedAt, isJudged := instantOf(instance)
	if !isJudged {
		return nil
	}
	first := asked[at]
	said := r.said(instance, first.properties)
	if said == nil {
		panic(misread(violationUnusableAccessRequest))
	}
	return &AccessRequest{
		Name:        first.obligation.name,
		Properties:  said,
		Reason:      first.reason,
		EvaluatedAt: evaluatedAt,
		ExpiresAt:   evaluatedAt + r.lasting(instance, first.properties),
	}
}

func (r obligationReader) lasting(instance *instance, properties []namedIndex) int64 {
	at := slices.IndexFunc(properties, func(each namedIndex) bool { return each.name == "expires_in" })
	if at < 0 {
		panic(misread(violationEndlessAccessRequest))
	}
	cell, is := r.cell(instance, properties[at].index)
	if is.kind != "Duration" {
		panic(misread(violationEndlessAccessRequest))
	}
	return instance.view.i64(cell)
}

// said is nil where a value is not known.
func (r obligationReader) said(instance *instance, properties []namedIndex) map[string]any {
	said := make(map[string]any, len(properties))
	for _, each := range properties {
		cell, is := r.cell(instance, each.index)
		if !isKnown(instance.view, cell) {
			return nil
		}
		said[each.name] = cellToJSON(instance.view, cell, is)
	}
	return said
}

func (r obligationReader) cell(instance *instance, index int) (int, valueType) {
	if instance.properties < 0 {
		panic(misread(violationUnknownProperty))
	}
	is := find(r.manifest.properties, index, violationUnknownProperty)
	return instance.properties + index*cellSize, is
}

// instantOf is the instant that was judged; false: there was none.
func instantOf(instance *instance) (int64, bool) {
	instant := instance.callFloat("instant")
	if math.IsNaN(instant) {
		return 0, false
	}
	if !isExact(instant) {
		panic(misread(violationInvalidInstant))
	}
	return int64(instant), true
}

// The furthest whole number up to which a float has all of them.
const mostExact = 1<<53 - 1

func isExact(number float64) bool {
	return number == math.Trunc(number) && math.Abs(number) <= mostExact
}
