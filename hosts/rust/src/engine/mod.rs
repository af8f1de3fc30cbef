//! The engines that run modules: each compiles the bytes of a module to a function that starts instances, which have the
//! trait `Guest` for their memory and their exports. Features of the crate select the engines.

use crate::error::{LoadError, Stop};
use std::time::Duration;

#[cfg(not(any(feature = "wasmtime", feature = "wasmi")))]
compile_error!("nhipol needs an engine: enable the feature `wasmtime` or `wasmi`");

#[cfg(feature = "wasmi")]
// Both engines have the same interface, so that one file, `guest.rs`, serves both.
#[allow(clippy::duplicate_mod)]
mod on_wasmi;
#[cfg(feature = "wasmtime")]
mod on_wasmtime;

/// The engine that runs a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// Compiles to machine code when a module is loaded.
    #[cfg(feature = "wasmtime")]
    #[default]
    Wasmtime,
    /// Interprets: it loads faster and decides more slowly.
    #[cfg(feature = "wasmi")]
    #[cfg_attr(not(feature = "wasmtime"), default)]
    Wasmi,
}

/// Starts an instance whose memory may take this many bytes, and checks its exports.
pub(crate) type Start = Box<dyn Fn(usize) -> Result<Box<dyn Guest>, LoadError> + Send + Sync>;

/// Compiles a module. `deadline`: the maximum duration of each call. `None`: there is none, and it costs nothing.
pub(crate) fn compile(engine: Engine, module: &[u8], deadline: Option<Duration>) -> Result<Start, LoadError> {
    match engine {
        #[cfg(feature = "wasmtime")]
        Engine::Wasmtime => on_wasmtime::guest::compile(module, deadline),
        #[cfg(feature = "wasmi")]
        Engine::Wasmi => on_wasmi::guest::compile(module, deadline),
    }
}

/// The exports that not every module has.
#[derive(Clone, Copy)]
pub(crate) struct Exports {
    /// Address of a name.
    pub(crate) name: u32,
    /// Address of the changes that a sweep found.
    pub(crate) changes: u32,
    pub(crate) has_tables: bool,
    pub(crate) has_sessions: bool,
    pub(crate) has_possibility: bool,
    pub(crate) has_session_possibility: bool,
}

macro_rules! declare_guest {
    ($($group:ident { $($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+ })+) => {
        /// An instance of a module. After a call that failed it must not be called again.
        #[allow(dead_code)]
        pub(crate) trait Guest: Send {
            fn exports(&self) -> Exports;
            fn memory(&self) -> &[u8];
            fn memory_mut(&mut self) -> &mut [u8];
            $($(fn $name(&mut self, $($argument: $type),*) -> Result<$result, Stop>;)+)+
        }
    };
}

with_exports!(declare_guest);
