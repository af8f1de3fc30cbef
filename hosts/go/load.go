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
	loaded := &Policy{options: loadOptions{
		tableBytes:   64 << 20,
		sessionBytes: 1 << 30,
		instances:    max(4, 4*runtime.GOMAXPROCS(0)),
	}}
	for _, option := range options {
		option(&loaded.options)
	}
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().
		WithDebugInfoEnabled(false).
		WithCustomSections(true).
		WithCloseOnContextDone(loaded.options.deadline > 0)
	if pages := loaded.options.memoryBytes / pageBytes; pages > 0 {
		config = config.WithMemoryLimitPages(uint32(min(pages, 1<<16)))
	}
	loaded.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	first, err := loaded.compile(module)
	if err != nil {
		_ = loaded.runtime.Close(ctx)
		return nil, err
	}
	loaded.instances = newPool(loaded.options.instances, first)
	return loaded, nil
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

// compile returns the first instance.
func (p *Policy) compile(module []byte) (first *instance, err error) {
	if p.module, err = p.runtime.CompileModule(context.Background(), module); err != nil {
		return nil, &LoadError{"these bytes are not a valid WebAssembly module that this host can run", err}
	}
	if imported := p.module.ImportedFunctions(); len(imported) > 0 {
		module, name, _ := imported[0].Import()
		return nil, refuse("the module imports `%s.%s`, but a policy must not import anything", module, name)
	}
	return p.instantiate(p.options.tableBytes)
}

// instantiate makes an instance without a name, so that there may be several. limit is in bytes, for tables and sessions.
func (p *Policy) instantiate(limit int) (made *instance, err error) {
	ctx, cancel := within(p.options.deadline)
	defer cancel()
	module, err := p.runtime.InstantiateModule(ctx, p.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil && ctx.Err() != nil {
		return nil, &LoadError{fmt.Sprintf("the module did not start within %v", p.options.deadline), err}
	}
	if err != nil {
		return nil, &LoadError{"the module cannot be started", err}
	}
	made = &instance{
		module:    module,
		functions: map[string]api.Function{},
		deadline:  p.options.deadline,
		cache:     map[uint64]*content{},
	}
	defer func() {
		if failure := recover(); failure != nil {
			err = refuse("the module cannot be started: %s", faultOf(failure).Found)
		}
		if err != nil {
			made.close()
		}
	}()
	if err = made.checkExports(); err == nil {
		made.start(uint64(min(limit/pageBytes, 1<<16)))
	}
	return made, err
}
