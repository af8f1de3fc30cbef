//! Modules and instances of one engine, which includes this file. Each export is looked up once, when an instance
//! starts, and its type is checked.

use super::wasm::{Error, Instance, Memory, Module, Store, StoreLimits, StoreLimitsBuilder};
use super::wasm::{TypedFunc, Val, WasmParams, WasmResults};
use crate::contract;
use crate::engine::{Exports, Start};
use crate::error::{LoadError, Stop};
use std::time::Duration;

pub(crate) fn compile(module: &[u8], deadline: Option<Duration>) -> Result<Start, LoadError> {
    let module = Module::new(&super::engine(deadline.is_some())?, module)
        .map_err(|why| LoadError(format!("these bytes are not a valid WebAssembly module: {why:#}")))?;
    if let Some(import) = module.imports().next() {
        let (from, name) = (import.module(), import.name());
        return Err(LoadError(format!("the module imports `{from}.{name}`, but a policy must not import anything")));
    }
    let allowance = deadline.map(super::allowance);
    Ok(Box::new(move |max_bytes| {
        let limits = StoreLimitsBuilder::new().memory_size(max_bytes).build();
        let mut store = Store::new(module.engine(), limits);
        store.limiter(|limits| limits);
        grant(&mut store, allowance);
        let instance = Instance::new(&mut store, &module, &[]);
        let why = |why| LoadError(format!("the module cannot be started: {}", failure(&why).into_error().found));
        Ok(Box::new(Guest::new(store, &instance.map_err(why)?, allowance)?))
    }))
}

/// Gives the store the allowance of the next call. `None`: no call is ever stopped.
#[inline]
fn grant(store: &mut Store<StoreLimits>, allowance: Option<u64>) {
    if let Some(allowance) = allowance {
        super::grant(store, allowance);
    }
}

#[cold]
fn failure(why: &Error) -> Stop {
    if super::is_late(why) {
        return Stop::failed(contract::ENGINE_DEADLINE, contract::ENGINE_NO_ANSWER);
    }
    Stop::failed(contract::ENGINE_NO_TRAP, &contract::ENGINE_TRAP.replace("{}", &format!("{why:#}")))
}

fn missing(kind: &str, name: &str) -> LoadError {
    LoadError(format!("the module exports no {kind} `{name}`"))
}

/// `None`: the module does not export it.
fn function<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<StoreLimits>,
    name: &str,
) -> Result<Option<TypedFunc<P, R>>, LoadError> {
    let why = |_| LoadError(format!("the module's function `{name}` has another type"));
    instance.get_func(&mut *store, name).map(|function| function.typed(store)).transpose().map_err(why)
}

fn global(instance: &Instance, store: &mut Store<StoreLimits>, name: &str) -> Result<u32, LoadError> {
    match instance.get_global(&mut *store, name).map(|global| global.get(store)) {
        Some(Val::I32(value)) => Ok(value.cast_unsigned()),
        _ => Err(missing("global", name)),
    }
}

pub(crate) struct Guest {
    store: Store<StoreLimits>,
    allowance: Option<u64>,
    memory: Memory,
    functions: Functions,
    exports: Exports,
}

impl Guest {
    fn new(mut store: Store<StoreLimits>, instance: &Instance, allowance: Option<u64>) -> Result<Self, LoadError> {
        let mut global = |name| global(instance, &mut store, name);
        let (major, expected) = (global("abi_major")?, contract::ABI_MAJOR);
        if major != expected {
            return Err(LoadError(format!("the module has ABI version {major}, and this host supports {expected}")));
        }
        global("abi_minor")?;
        let (name, changes) = (global("name").ok(), global("changes").ok());
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| missing("memory", "memory"))?;
        let functions = Functions::find(instance, &mut store)?;
        functions.required()?;
        let exports = Exports {
            name: name.unwrap_or_default(),
            changes: changes.unwrap_or_default(),
            has_tables: name.is_some() && functions.table().is_ok(),
            has_sessions: name.is_some() && changes.is_some() && functions.session().is_ok(),
            has_possibility: functions.possibility().is_ok(),
            has_session_possibility: functions.session_possibility().is_ok(),
        };
        Ok(Self { store, allowance, memory, functions, exports })
    }
}

macro_rules! implement_guest {
    ($($group:ident { $($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+ })+) => {
        struct Functions {
            $($($name: Option<TypedFunc<($($type,)*), $result>>,)+)+
        }

        impl Functions {
            fn find(instance: &Instance, store: &mut Store<StoreLimits>) -> Result<Self, LoadError> {
                Ok(Self { $($($name: function(instance, store, stringify!($name))?,)+)+ })
            }

            // Fails if the module does not export all functions of the group.
            $(fn $group(&self) -> Result<(), LoadError> {
                $(self.$name.as_ref().ok_or_else(|| missing("function", stringify!($name)))?;)+
                Ok(())
            })+
        }

        impl crate::engine::Guest for Guest {
            fn exports(&self) -> Exports {
                self.exports
            }

            fn memory(&self) -> &[u8] {
                self.memory.data(&self.store)
            }

            fn memory_mut(&mut self) -> &mut [u8] {
                self.memory.data_mut(&mut self.store)
            }

            $($(fn $name(&mut self, $($argument: $type),*) -> Result<$result, Stop> {
                let function = self.functions.$name.as_ref();
                let function = function.ok_or_else(|| Stop::violation(&missing("function", stringify!($name)).0))?;
                grant(&mut self.store, self.allowance);
                function.call(&mut self.store, ($($argument,)*)).map_err(|why| failure(&why))
            })+)+
        }
    };
}

with_exports!(implement_guest);
