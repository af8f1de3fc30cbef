package nhipol

// What a compiled policy says of itself, as data. Lists are named by index from one another; such an index is checked
// where it is followed.

type manifest struct {
	name, version string
	subjects      []string
	actions       []string
	resources     []string
	paths         []pathRow
	expected      []string
	files         []string
	reads         []string
	reasons       []reasonRow
	rules         []ruleRow
	choosers      []string
	constraints   []namedType
	placeholders  []valueType
	obligations   []obligationRow
	properties    []valueType
	tables        []tableRow
	sessions      *sessionsRow
	history       *historyRow
}

// pathRow goes on from an earlier row; the first stands for itself.
type pathRow struct {
	before   int
	step     string
	expected int
}

type reasonRow struct {
	id string
	// message is nil where there is none.
	message []messagePart
	source  sourceRow
	unknown []int
	// asks is nil where nothing is asked for.
	asks *demandsRow
}

// messagePart is a text, or an index into placeholders.
type messagePart struct {
	text          string
	placeholder   int
	isPlaceholder bool
}

type sourceRow struct{ file, line, column int }

type demandsRow struct {
	effect  int
	demands []demandRow
}

type demandRow struct {
	obligation int
	// properties are indexes, in ASCII order of their names.
	properties []namedIndex
}

type namedIndex struct {
	name  string
	index int
}

type obligationRow struct{ name, kind string }

type ruleRow struct {
	effects []int
	// nil: it applies to any. A list has the numbers of a result.
	subjects, actions, resources *[]int
	read                         []int
}

type namedType struct {
	name string
	is   valueType
}

type tableRow struct {
	name string
	// keys has what each expects.
	keys    []string
	value   string
	element string
}

type sessionsRow struct{ signals []string }

// historyRow has indexes into reads.
type historyRow struct{ terms, decisions []int }

// valueType is what a cell holds.
type valueType struct {
	kind string
	// members are an enum's.
	members []string
	// element is a set's.
	element *valueType
}
