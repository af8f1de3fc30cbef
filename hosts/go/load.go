package nhipol

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Load takes the bytes of a compiled policy and returns a policy that decides. Other bytes are a *LoadError.
func Load(module []byte, options ...LoadOption) (*Policy, error) {
	chosen := loadOptions{
		tableBytes:   64 << 20,
		sessionBytes: 1 << 30,
		instances:    max(4, 4*runtime.GOMAXPROCS(0)),
	}
	for _, option := range options {
		option(&chosen)
	}
	compiled, err := compile(module, chosen)
	if err != nil {
		return nil, err
	}
	first, err := compiled.instantiate(chosen.tableBytes)
	if err != nil {
		_ = compiled.runtime.Close(context.Background())
		return nil, err
	}
	return &Policy{
		compiled:  compiled,
		options:   chosen,
		instances: newPool(chosen.instances, first),
		tables:    tables{contents: map[uint64]tableContents{}},
	}, nil
}

// LoadOption is an option of Load.
type LoadOption func(*loadOptions)

type loadOptions struct {
	tableBytes, sessionBytes int
	// memoryBytes is 0 if only WebAssembly sets a limit.
	memoryBytes int
	instances   int
	deadline    time.Duration
}

// WithTableBytes limits the memory of all external tables together, in each instance. The default is 64 MiB.
func WithTableBytes(limit int) LoadOption {
	return func(options *loadOptions) { options.tableBytes = max(limit, 0) }
}

// WithSessionBytes limits the memory of all sessions together, in addition to that of tables. The default is 1 GiB.
func WithSessionBytes(limit int) LoadOption {
	return func(options *loadOptions) { options.sessionBytes = max(limit, 0) }
}

// WithMaxMemoryBytes limits the whole memory of each instance, including tables and sessions. The engine enforces it. A module
// that initially needs more is refused.
func WithMaxMemoryBytes(limit int) LoadOption {
	return func(options *loadOptions) { options.memoryBytes = max(limit, pageBytes) }
}

// WithInstances limits the number of concurrent decisions, each of which needs an instance of the module. Further callers
// wait. The default is four times GOMAXPROCS, and at least 4.
func WithInstances(limit int) LoadOption {
	return func(options *loadOptions) { options.instances = max(limit, 1) }
}

// WithDeadline limits the time of each call of the module. There is no limit by default. A decision that takes longer is a deny
// with engine_error, and a module whose start takes longer is refused. It is for modules from sources that are not trusted:
// the modules that nhipol compiles always return. With a deadline each call starts a timer, and the module checks in each
// iteration of a loop whether it must end.
func WithDeadline(limit time.Duration) LoadOption {
	return func(options *loadOptions) { options.deadline = max(limit, 0) }
}

// compiledModule is what all instances share.
type compiledModule struct {
	runtime  wazero.Runtime
	module   wazero.CompiledModule
	deadline time.Duration
	// hasTables and hasSessions are whether the module exports everything for them.
	hasTables, hasSessions bool
}

func compile(module []byte, options loadOptions) (compiled *compiledModule, err error) {
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().
		WithDebugInfoEnabled(false).
		WithCustomSections(true).
		WithCloseOnContextDone(options.deadline > 0)
	if pages := options.memoryBytes / pageBytes; pages > 0 {
		config = config.WithMemoryLimitPages(uint32(min(pages, 1<<16)))
	}
	compiled = &compiledModule{runtime: wazero.NewRuntimeWithConfig(ctx, config), deadline: options.deadline}
	if compiled.module, err = compiled.runtime.CompileModule(ctx, module); err != nil {
		err = &LoadError{"these bytes are not a valid WebAssembly module that this host can run", err}
	} else {
		err = compiled.checkExports()
	}
	if err != nil {
		_ = compiled.runtime.Close(ctx)
	}
	return compiled, err
}

// instantiate makes an instance without a name, so that there may be several. limit is in bytes, for tables and sessions.
func (c *compiledModule) instantiate(limit int) (made *instance, err error) {
	ctx, cancel := within(c.deadline)
	defer cancel()
	module, err := c.runtime.InstantiateModule(ctx, c.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil && ctx.Err() != nil {
		return nil, &LoadError{fmt.Sprintf("the module did not start within %v", c.deadline), err}
	}
	if err != nil {
		return nil, &LoadError{"the module cannot be started", err}
	}
	made = &instance{
		module:    module,
		functions: map[string]api.Function{},
		decider:   module.ExportedFunction("decide"),
		deadline:  c.deadline,
		cache:     map[uint64]*content{},
		tables:    map[uint64]uint64{},
	}
	defer func() {
		if failure := recover(); failure != nil {
			err = refuse("the module cannot be started: %s", faultOf(failure).Found)
		}
		if err != nil {
			made.close()
		}
	}()
	if err = c.checkGlobals(module); err == nil && (c.hasTables || c.hasSessions) {
		made.call("limit", uint64(min(limit/pageBytes, 1<<16)))
	}
	return made, err
}
