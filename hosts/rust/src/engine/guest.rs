//! One engine's module and guests of it. Every export is looked up once, when a guest starts, and called by its
//! type from then on. Whatever goes wrong in a call is a failure, after which the guest is not to be asked again.

use super::wasm;
use crate::contract::ABI_MAJOR;
use crate::engine::{Addresses, SessionAddresses};
use crate::failure::Failure;
use crate::load_error::LoadError;
use std::time::Duration;
use wasm::{Instance, Memory, Store, StoreLimits, StoreLimitsBuilder, TypedFunc, Val};

pub(crate) struct Module {
    module: wasm::Module,
    /// What each call may take. `None`: no call is ever stopped.
    allowance: Option<u64>,
}

impl Module {
    pub(crate) fn new(bytes: &[u8], deadline: Option<Duration>) -> Result<Self, LoadError> {
        let module = wasm::Module::new(&super::engine(deadline.is_some())?, bytes)
            .map_err(|why| LoadError::new(format!("these bytes are not a valid WebAssembly module: {why:#}")))?;
        if let Some(wanted) = module.imports().next() {
            let (from, name) = (wanted.module(), wanted.name());
            let why = format!("the module imports `{from}.{name}`, but a policy must not import anything");
            return Err(LoadError::new(why));
        }
        Ok(Self { module, allowance: deadline.map(super::allowance) })
    }

    pub(crate) fn start(&self, most_bytes: usize) -> Result<Guest, LoadError> {
        let limits = StoreLimitsBuilder::new().memory_size(most_bytes).build();
        let mut store = Store::new(self.module.engine(), limits);
        store.limiter(|limits| limits);
        grant(&mut store, self.allowance);
        let instance = Instance::new(&mut store, &self.module, &[]).map_err(|why| not_started(&why))?;
        Exports { store, instance, allowance: self.allowance }.into_guest()
    }
}

/// Before each call.
#[inline]
fn grant(store: &mut Store<StoreLimits>, allowance: Option<u64>) {
    if let Some(allowance) = allowance {
        super::grant(store, allowance);
    }
}

fn not_started(why: &wasm::Error) -> LoadError {
    if super::is_late(why) {
        return LoadError::new("the module cannot be started within the deadline");
    }
    LoadError::new(format!("the module cannot be started: {why:#}"))
}

/// After a call that failed.
#[cold]
fn failure(why: &wasm::Error) -> Failure {
    if super::is_late(why) { Failure::late() } else { Failure::trap(why) }
}

pub(crate) struct Guest {
    store: Store<StoreLimits>,
    allowance: Option<u64>,
    memory: Memory,
    addresses: Addresses,
    decide: TypedFunc<(i32, f64, i32), i32>,
    explain: TypedFunc<(), ()>,
    instant: Option<TypedFunc<(), f64>>,
    reserve: Option<TypedFunc<i32, i32>>,
    tables: Option<Tables>,
    sessions: Option<Sessions>,
}

struct Tables {
    text: TypedFunc<i32, i32>,
    load: TypedFunc<i32, i32>,
    drop: TypedFunc<i32, ()>,
    outcome: TypedFunc<(), i32>,
}

struct Sessions {
    open: TypedFunc<(i32, i32, f64), i32>,
    patch: TypedFunc<(i32, i32, i32), i32>,
    record: TypedFunc<(i32, i32, i32, f64, f64), i32>,
    decide: TypedFunc<(i32, f64, i32), i32>,
    close: TypedFunc<i32, i32>,
    buffer: TypedFunc<i32, i32>,
    snapshot: TypedFunc<i32, i32>,
    restore: TypedFunc<i32, i32>,
    sweep: TypedFunc<(f64, i32), i32>,
    due: TypedFunc<(), f64>,
}

struct Exports {
    store: Store<StoreLimits>,
    instance: Instance,
    allowance: Option<u64>,
}

impl Exports {
    fn into_guest(mut self) -> Result<Guest, LoadError> {
        let major = self.address("abi_major")?;
        if major != ABI_MAJOR {
            return Err(LoadError::other_abi(major.into()));
        }
        for name in ["abi_minor", "manifest", "manifest_length"] {
            self.address(name)?;
        }
        let memory = self.instance.get_memory(&mut self.store, "memory");
        let memory = memory.ok_or_else(|| LoadError::no_export("memory", "memory"))?;
        let addresses = self.addresses()?;
        self.function::<f64, i32>("again")?;
        Ok(Guest {
            memory,
            addresses,
            decide: self.function("decide")?,
            explain: self.function("explain")?,
            instant: self.optional("instant")?,
            reserve: self.optional("reserve")?,
            tables: self.tables()?,
            sessions: self.sessions()?,
            allowance: self.allowance,
            store: self.store,
        })
    }

    fn addresses(&mut self) -> Result<Addresses, LoadError> {
        let request = self.function::<i32, i32>("request")?;
        grant(&mut self.store, self.allowance);
        let digest = self.optional_address("call_digest")?;
        let judged = self.optional_address("judged_digest")?;
        let session_id = self.optional_address("session_id")?;
        let changes = self.optional_address("changes")?;
        Ok(Addresses {
            result: self.address("result")?,
            reasons: self.address("reasons")?,
            constraints: self.address("constraints")?,
            placeholders: self.address("placeholders")?,
            properties: self.optional_address("properties")?,
            request: match request.call(&mut self.store, 0) {
                Err(why) if super::is_late(&why) => return Err(not_started(&why)),
                Ok(0) | Err(_) => None,
                Ok(address) => Some(address.cast_unsigned()),
            },
            digest: digest.zip(judged),
            sessions: session_id.zip(changes).map(|(id, changes)| SessionAddresses { id, changes }),
        })
    }

    fn tables(&mut self) -> Result<Option<Tables>, LoadError> {
        let text = self.optional("table_text")?;
        let load = self.optional("load_table")?;
        let drop = self.optional("drop_table")?;
        let outcome = self.optional("table_outcome")?;
        Ok((|| Some(Tables { text: text?, load: load?, drop: drop?, outcome: outcome? }))())
    }

    fn sessions(&mut self) -> Result<Option<Sessions>, LoadError> {
        if self.optional::<i32, i32>("session_close")?.is_none() {
            return Ok(None);
        }
        Ok(Some(Sessions {
            open: self.function("session_open")?,
            patch: self.function("session_patch")?,
            record: self.function("session_record")?,
            decide: self.function("session_decide")?,
            close: self.function("session_close")?,
            buffer: self.function("session_buffer")?,
            snapshot: self.function("session_snapshot")?,
            restore: self.function("session_restore")?,
            sweep: self.function("session_sweep")?,
            due: self.function("session_due")?,
        }))
    }

    fn function<Given, Gives>(&mut self, name: &str) -> Result<TypedFunc<Given, Gives>, LoadError>
    where
        Given: wasm::WasmParams,
        Gives: wasm::WasmResults,
    {
        self.optional(name)?.ok_or_else(|| LoadError::no_export("function", name))
    }

    fn optional<Given, Gives>(&mut self, name: &str) -> Result<Option<TypedFunc<Given, Gives>>, LoadError>
    where
        Given: wasm::WasmParams,
        Gives: wasm::WasmResults,
    {
        if self.instance.get_func(&mut self.store, name).is_none() {
            return Ok(None);
        }
        let typed = self.instance.get_typed_func(&mut self.store, name);
        let why = |_| LoadError::new(format!("the module's function `{name}` is of another type"));
        typed.map(Some).map_err(why)
    }

    fn address(&mut self, name: &str) -> Result<u32, LoadError> {
        self.optional_address(name)?.ok_or_else(|| LoadError::no_export("global", name))
    }

    fn optional_address(&mut self, name: &str) -> Result<Option<u32>, LoadError> {
        let Some(global) = self.instance.get_global(&mut self.store, name) else {
            return Ok(None);
        };
        match global.get(&mut self.store) {
            Val::I32(address) => Ok(Some(address.cast_unsigned())),
            _ => Err(LoadError::new("the module does not use 32-bit addresses")),
        }
    }
}

/// A method for each export: what it takes, what it gives, and the field that it is called by.
macro_rules! calls {
    ($(fn $name:ident($own:ident $(, $argument:ident: $type:ty $(as $cast:ident)?)*) -> $gives:ty $(as $back:ident)? = $function:expr;)+) => {
        impl Guest {
            $(
                #[inline]
                pub(crate) fn $name(&mut $own $(, $argument: $type)*) -> Result<$gives, Failure> {
                    let Some(function) = $function else {
                        return Err(Failure::no_door(stringify!($name)));
                    };
                    let given = calls!(@given $($argument$(.$cast())?),*);
                    grant(&mut $own.store, $own.allowance);
                    let gives = function.call(&mut $own.store, given).map_err(|why| failure(&why))?;
                    Ok(gives$(.$back())?)
                }
            )+
        }
    };
    (@given $one:expr) => { $one };
    (@given $($each:expr),*) => { ($($each),*) };
}

calls! {
    fn decide(self, length: i32, now: f64, clock: i32) -> u32 as cast_unsigned = Some(&self.decide);
    fn explain(self) -> () = Some(&self.explain);
    fn reserve(self, pages: u32 as cast_signed) -> u32 as cast_unsigned = &self.reserve;
    fn table_text(self, length: i32) -> u32 as cast_unsigned = self.tables.as_ref().map(|doors| &doors.text);
    fn load_table(self, index: i32) -> u32 as cast_unsigned = self.tables.as_ref().map(|doors| &doors.load);
    fn drop_table(self, index: i32) -> () = self.tables.as_ref().map(|doors| &doors.drop);
    fn table_outcome(self) -> u32 as cast_unsigned = self.tables.as_ref().map(|doors| &doors.outcome);
    fn session_open(self, length: i32, id_length: i32, now: f64) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.open);
    fn session_patch(self, handle: u32 as cast_signed, length: i32, replaced: i32) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.patch);
    fn session_record(self, handle: u32 as cast_signed, signal: i32, length: i32, time: f64, now: f64) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.record);
    fn session_decide(self, handle: u32 as cast_signed, now: f64, record: i32) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.decide);
    fn session_close(self, handle: u32 as cast_signed) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.close);
    fn session_buffer(self, length: i32) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.buffer);
    fn session_snapshot(self, handle: u32 as cast_signed) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.snapshot);
    fn session_restore(self, length: i32) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.restore);
    fn session_sweep(self, now: f64, all: i32) -> u32 as cast_unsigned = self.sessions.as_ref().map(|doors| &doors.sweep);
    fn session_due(self) -> f64 = self.sessions.as_ref().map(|doors| &doors.due);
}

impl Guest {
    #[inline]
    pub(crate) fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    #[inline]
    pub(crate) fn memory_mut(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    #[inline]
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    pub(crate) fn has_tables(&self) -> bool {
        self.tables.is_some() && self.reserve.is_some()
    }

    pub(crate) fn has_sessions(&self) -> bool {
        self.sessions.is_some() && self.reserve.is_some() && self.addresses.sessions.is_some()
    }

    pub(crate) fn instant(&mut self) -> Result<Option<f64>, Failure> {
        let Some(instant) = &self.instant else {
            return Ok(None);
        };
        grant(&mut self.store, self.allowance);
        instant.call(&mut self.store, ()).map(Some).map_err(|why| failure(&why))
    }
}
