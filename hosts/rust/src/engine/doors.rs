//! Where a module's areas are, whichever engine runs it.

/// By the ABI's names. Those of a later minor version are not there in a module of an earlier one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) result: u32,
    pub(crate) reasons: u32,
    pub(crate) constraints: u32,
    pub(crate) placeholders: u32,
    pub(crate) properties: Option<u32>,
    /// Where to write a request of up to 65536 bytes. `None`: the module did not say.
    pub(crate) request: Option<u32>,
    /// Where to tell the digest of the call, and the cell of the one that was judged.
    pub(crate) digest: Option<(u32, u32)>,
    pub(crate) sessions: Option<SessionAddresses>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionAddresses {
    pub(crate) id: u32,
    pub(crate) changes: u32,
}
