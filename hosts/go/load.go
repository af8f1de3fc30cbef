package nhipol

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Load takes the bytes of a compiled policy and gives a policy that decides. Bytes that are anything else give a
// *LoadError, here and never later.
func Load(module []byte, options ...LoadOption) (*Policy, error) {
	chosen := loadOptions{
		tableBytes: 64 << 20,
		instances:  max(4, 4*runtime.GOMAXPROCS(0)),
	}
	for _, option := range options {
		option(&chosen)
	}
	loaded, err := load(module, chosen)
	if err != nil {
		return nil, err
	}
	return loaded, nil
}

// LoadOption is one of the options of Load.
type LoadOption func(*loadOptions)

type loadOptions struct {
	tableBytes int
	// memoryBytes is 0 where nothing but WebAssembly itself sets a limit.
	memoryBytes int
	instances   int
	// deadline is 0 where calls of the module are never stopped.
	deadline time.Duration
}

// WithTableBytes limits the memory that external tables may take in all, in each instance; 64 MiB unless told.
func WithTableBytes(most int) LoadOption {
	return func(options *loadOptions) { options.tableBytes = most }
}

// WithMaxMemoryBytes limits the memory of each instance, tables and sessions and all: the engine grants no more. A module
// that needs more from the start is refused.
func WithMaxMemoryBytes(most int) LoadOption {
	return func(options *loadOptions) { options.memoryBytes = max(most, pageBytes) }
}

// WithInstances limits how many requests are decided at the same time, each by an instance of the module with a memory of its
// own. Further callers wait. Four times GOMAXPROCS unless told, and at least 4.
func WithInstances(most int) LoadOption {
	return func(options *loadOptions) { options.instances = max(most, 1) }
}

// WithDeadline limits how long each call of the module may take; no limit is the default. A decision that takes longer is a
// deny with `engine_error`, and a module whose start takes longer is refused. It is for modules from a source that is not
// trusted: modules that nhipol compiled always end. With a deadline each call starts a timer and a goroutine, and the module
// looks at each turn of a loop whether it must end; without one, nothing is compiled in.
func WithDeadline(limit time.Duration) LoadOption {
	return func(options *loadOptions) { options.deadline = max(limit, 0) }
}

// described is a module as all of its instances have it.
type described struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	manifest *manifest
	// text is the manifest as the module has it.
	text []byte
	// declared is nil where the module does not tell what it declares.
	declared *declared
	deadline time.Duration
}

func load(module []byte, options loadOptions) (*Policy, *LoadError) {
	described, err := describe(module, options)
	if err != nil {
		return nil, err
	}
	first, err := described.instantiate()
	if err != nil {
		_ = described.runtime.Close(context.Background())
		return nil, err
	}
	return newPolicy(described, options, first), nil
}

func describe(module []byte, options loadOptions) (made *described, failure *LoadError) {
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().WithDebugInfoEnabled(false).WithCloseOnContextDone(options.deadline > 0)
	if pages := options.memoryBytes / pageBytes; pages > 0 {
		config = config.WithMemoryLimitPages(uint32(min(pages, 1<<16)))
	}
	engine := wazero.NewRuntimeWithConfig(ctx, config)
	defer func() {
		if failure != nil {
			_ = engine.Close(ctx)
		}
	}()
	compiled, err := engine.CompileModule(ctx, module)
	if err != nil {
		return nil, &LoadError{Reason: "these bytes are not a valid WebAssembly module that this host can run", Cause: err}
	}
	sections := sectionsOf(module)
	if wanted := firstImport(sections); wanted != "" {
		return nil, refuse("the module imports `%s`, but a policy must not import anything", wanted)
	}
	manifest, failure := readManifest(sections)
	if failure != nil {
		return nil, failure
	}
	if failure := expectExports(compiled); failure != nil {
		return nil, failure
	}
	declared, failure := readDeclared(sections, manifest)
	if failure != nil {
		return nil, failure
	}
	return &described{
		runtime:  engine,
		compiled: compiled,
		manifest: manifest,
		text:     append([]byte(nil), customSections(sections, manifestSection)[0]...),
		declared: declared,
		deadline: options.deadline,
	}, nil
}

// instantiate makes one instance more, of no name, so that there may be many.
func (d *described) instantiate() (*instance, *LoadError) {
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	ctx, cancel := within(d.deadline)
	defer cancel()
	module, err := d.runtime.InstantiateModule(ctx, d.compiled, config)
	if err != nil && ctx.Err() != nil {
		return nil, &LoadError{Reason: fmt.Sprintf("the module did not start within %v", d.deadline), Cause: err}
	}
	if err != nil {
		return nil, &LoadError{Reason: "the module cannot be started", Cause: err}
	}
	made, failure := makeInstance(module, d)
	if failure != nil {
		_ = module.Close(context.Background())
	}
	return made, failure
}

// signature has an i for each i32 and an f for each f64.
type signature struct{ parameters, results string }

func expectExports(compiled wazero.CompiledModule) *LoadError {
	if _, ok := compiled.ExportedMemories()["memory"]; !ok {
		return refuse("the module exports no memory `memory`")
	}
	functions := compiled.ExportedFunctions()
	for name := range requiredFunctions {
		if functions[name] == nil {
			return refuse("the module exports no function `%s`", name)
		}
	}
	for _, known := range []map[string]signature{requiredFunctions, tableFunctions, sessionFunctions, otherFunctions} {
		for name, wanted := range known {
			if found := functions[name]; found != nil && signatureOf(found) != wanted {
				return refuse("the module's function `%s` does not have the type that the ABI defines", name)
			}
		}
	}
	return nil
}

func signatureOf(function api.FunctionDefinition) signature {
	return signature{lettersOf(function.ParamTypes()), lettersOf(function.ResultTypes())}
}

func lettersOf(types []api.ValueType) string {
	letters := make([]byte, len(types))
	for at, each := range types {
		switch each {
		case api.ValueTypeI32:
			letters[at] = 'i'
		case api.ValueTypeF64:
			letters[at] = 'f'
		default:
			letters[at] = '?'
		}
	}
	return string(letters)
}
