package nhipol

// readFault tells what was wrong with a request, from the module's numbers and the words of manifest and contract; nil:
// nothing.
func readFault(memory memory, result int, manifest *manifest) *Fault {
	code := memory.u32(result + resultErrorCode)
	if code == 0 {
		return nil
	}
	texts, isListed := errorTexts[code]
	if !isListed {
		panic(misread(violationUnknownError))
	}
	place := memory.address(result + resultErrorPath)
	row := find(manifest.paths, place, violationUnknownError)
	usual := find(manifest.expected, row.expected, violationUnknownError)
	found := find(foundTexts, memory.address(result+resultErrorFound), violationUnknownError)
	var indexes [maxErrorIndexes]uint32
	for at := range indexes {
		indexes[at] = memory.u32(result + resultErrorIndexes + at*4)
	}
	return &Fault{
		Code:     texts.name,
		Path:     placeIndexes(pathAt(manifest.paths, place), indexes[:]),
		Expected: orElse(texts.expected, usual),
		Found:    orElse(texts.found, found),
		Offset:   memory.address(result + resultErrorOffset),
	}
}

// pathAt goes row by row to the first, which all begin with.
func pathAt(paths []pathRow, place int) string {
	path := ""
	for {
		row := paths[place]
		path = row.step + path
		if place == 0 {
			return path
		}
		if row.before >= place {
			panic(misread(violationCyclicPath))
		}
		place = row.before
	}
}

func orElse(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}
