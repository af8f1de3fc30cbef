//! The engines that run modules, behind one door: bytes come in, a module that can be started goes out, and of
//! each start a guest with its memory and its exports. Which engines there are is told by the crate's features.

mod doors;

use crate::failure::Failure;
use crate::load_error::LoadError;
use std::time::Duration;

pub(crate) use doors::{Addresses, SessionAddresses};

#[cfg(not(any(feature = "wasmtime", feature = "wasmi")))]
compile_error!("nhipol needs an engine: turn on the feature `wasmtime` or `wasmi`");

#[cfg(feature = "wasmi")]
// Both engines have the same interface, so that one text, `guest.rs`, serves both.
#[allow(clippy::duplicate_mod)]
mod on_wasmi;
#[cfg(feature = "wasmtime")]
mod on_wasmtime;

/// What runs a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// Compiles to machine code when a module is loaded.
    #[cfg(feature = "wasmtime")]
    Wasmtime,
    /// Interprets: it loads faster and decides more slowly.
    #[cfg(feature = "wasmi")]
    Wasmi,
}

impl Default for Engine {
    /// Wasmtime, where the crate has it.
    fn default() -> Self {
        #[cfg(feature = "wasmtime")]
        return Self::Wasmtime;
        #[cfg(not(feature = "wasmtime"))]
        return Self::Wasmi;
    }
}

/// A module that is compiled and valid.
pub(crate) enum Module {
    #[cfg(feature = "wasmtime")]
    Wasmtime(on_wasmtime::guest::Module),
    #[cfg(feature = "wasmi")]
    Wasmi(on_wasmi::guest::Module),
}

/// An instance of a module, with a memory of its own.
// There are few, of one kind each.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Guest {
    #[cfg(feature = "wasmtime")]
    Wasmtime(on_wasmtime::guest::Guest),
    #[cfg(feature = "wasmi")]
    Wasmi(on_wasmi::guest::Guest),
}

impl Module {
    /// `deadline`: of each call. `None`: there is none, and nothing is compiled in for it.
    pub(crate) fn new(engine: Engine, bytes: &[u8], deadline: Option<Duration>) -> Result<Self, LoadError> {
        Ok(match engine {
            #[cfg(feature = "wasmtime")]
            Engine::Wasmtime => Self::Wasmtime(on_wasmtime::guest::Module::new(bytes, deadline)?),
            #[cfg(feature = "wasmi")]
            Engine::Wasmi => Self::Wasmi(on_wasmi::guest::Module::new(bytes, deadline)?),
        })
    }

    /// `most_bytes`: what its memory takes at most.
    pub(crate) fn start(&self, most_bytes: usize) -> Result<Guest, LoadError> {
        Ok(match self {
            #[cfg(feature = "wasmtime")]
            Self::Wasmtime(module) => Guest::Wasmtime(module.start(most_bytes)?),
            #[cfg(feature = "wasmi")]
            Self::Wasmi(module) => Guest::Wasmi(module.start(most_bytes)?),
        })
    }
}

/// The same call of whichever guest it is.
macro_rules! pass_on {
    ($($(#[$meta:meta])* fn $name:ident[$($by:tt)+]($own:ident $(, $argument:ident: $type:ty)*) -> $gives:ty;)+) => {
        impl Guest {
            $(
                $(#[$meta])*
                #[inline]
                pub(crate) fn $name($($by)+ $own $(, $argument: $type)*) -> $gives {
                    match $own {
                        #[cfg(feature = "wasmtime")]
                        Self::Wasmtime(guest) => guest.$name($($argument),*),
                        #[cfg(feature = "wasmi")]
                        Self::Wasmi(guest) => guest.$name($($argument),*),
                    }
                }
            )+
        }
    };
}

pass_on! {
    fn memory[&](self) -> &[u8];
    fn memory_mut[&mut](self) -> &mut [u8];
    fn addresses[&](self) -> &Addresses;
    fn has_tables[&](self) -> bool;
    fn has_sessions[&](self) -> bool;
    fn decide[&mut](self, length: i32, now: f64, clock: i32) -> Result<u32, Failure>;
    fn explain[&mut](self) -> Result<(), Failure>;
    /// `None`: the module has none, which is of version 1.1 or earlier.
    fn instant[&mut](self) -> Result<Option<f64>, Failure>;
    fn reserve[&mut](self, pages: u32) -> Result<u32, Failure>;
    fn table_text[&mut](self, length: i32) -> Result<u32, Failure>;
    fn load_table[&mut](self, index: i32) -> Result<u32, Failure>;
    fn drop_table[&mut](self, index: i32) -> Result<(), Failure>;
    fn table_outcome[&mut](self) -> Result<u32, Failure>;
    fn session_open[&mut](self, length: i32, id_length: i32, now: f64) -> Result<u32, Failure>;
    fn session_patch[&mut](self, handle: u32, length: i32, replaced: i32) -> Result<u32, Failure>;
    fn session_record[&mut](self, handle: u32, signal: i32, length: i32, time: f64, now: f64) -> Result<u32, Failure>;
    fn session_decide[&mut](self, handle: u32, now: f64, record: i32) -> Result<u32, Failure>;
    fn session_close[&mut](self, handle: u32) -> Result<u32, Failure>;
    fn session_buffer[&mut](self, length: i32) -> Result<u32, Failure>;
    fn session_snapshot[&mut](self, handle: u32) -> Result<u32, Failure>;
    fn session_restore[&mut](self, length: i32) -> Result<u32, Failure>;
    fn session_sweep[&mut](self, now: f64, all: i32) -> Result<u32, Failure>;
    fn session_due[&mut](self) -> Result<f64, Failure>;
}
