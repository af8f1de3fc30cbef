//! An answer as an AuthZEN evaluation response: its boolean, and everything else as the context. Members stand in the
//! order that the ABI gives them.

use crate::answer::{AccessRequest, Answer, AnswerError, Effect, Obligation, ReasonDetail};
use crate::json::push_string;
use crate::show::instant;
use crate::value::Value;
use std::sync::Arc;

impl Answer {
    /// The AuthZEN evaluation response, as JSON. Numbers are exact.
    ///
    /// Whoever speaks to the PEP of an access request adds a `binding_token` to it, or an `evaluation_id` to the context.
    #[must_use]
    pub fn to_authzen(&self) -> String {
        let mut out = Writer(Vec::with_capacity(512));
        out.members(|out| {
            out.member("decision", |out| out.raw(if self.decision() { "true" } else { "false" }));
            out.member("context", |out| out.members(|out| out.context(self)));
        });
        String::from_utf8(out.0).unwrap_or_default()
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn context(&mut self, answer: &Answer) {
        self.text("effect", answer.effect().as_str());
        self.texts("reasons", answer.reasons());
        self.list("reason_details", answer.reason_details(), |out, _, detail| out.reason(detail));
        if answer.effect() == Effect::Narrow {
            self.member("constraints", |out| out.members(|out| out.values(answer.constraints())));
        }
        if !answer.obligations().is_empty() {
            self.list("obligations", answer.obligations(), Self::obligation);
        }
        if let Some(asked) = answer.access_request() {
            self.access_request(asked);
        }
        if let Some(end) = answer.valid_until() {
            self.text("valid_until", &instant(end));
        }
        self.texts("read", answer.read());
        if answer.single_use() {
            self.member("single_use", |out| out.raw("true"));
        }
        if let Some(digest) = answer.call_digest() {
            self.text("call_digest", digest);
        }
        if let Some(error) = answer.error() {
            self.member("error", |out| out.members(|out| out.error(error)));
        }
    }

    fn reason(&mut self, detail: &ReasonDetail) {
        self.text("id", &detail.id);
        self.text("effect", detail.effect.as_str());
        if let Some(message) = &detail.message {
            self.text("message", message);
        }
        self.text("fired_on", if detail.fired_on_unknown { "unknown" } else { "true" });
        if !detail.unknown.is_empty() {
            self.texts("unknown", &detail.unknown);
        }
        if let Some(source) = &detail.source {
            self.member("source", |out| {
                out.members(|out| {
                    out.text("file", &source.file);
                    out.member("line", |out| out.raw(&source.line.to_string()));
                    out.member("column", |out| out.raw(&source.column.to_string()));
                });
            });
        }
    }

    fn obligation(&mut self, place: usize, obligation: &Obligation) {
        self.text("id", &format!("obl-{}", place + 1));
        self.text("type", &obligation.kind);
        self.member("properties", |out| out.members(|out| out.values(&obligation.properties)));
        self.text("name", &obligation.name);
        self.texts("reasons", &obligation.reasons);
    }

    fn access_request(&mut self, asked: &AccessRequest) {
        let said = asked.properties.iter().filter(|(name, _)| **name != *"expires_in");
        self.member("access_request", |out| {
            out.members(|out| {
                said.for_each(|(name, value)| out.member(name, |out| out.value(value)));
                out.text("expires_at", &instant(asked.expires_at));
            });
        });
        self.text("reason", &asked.reason);
        self.text("evaluated_at", &instant(asked.evaluated_at));
    }

    fn error(&mut self, error: &AnswerError) {
        self.text("code", error.code);
        self.text("path", &error.path);
        self.text("expected", &error.expected);
        self.text("found", &error.found);
        self.member("offset", |out| out.raw(&error.offset.to_string()));
    }

    fn values(&mut self, values: &[(Arc<str>, Value)]) {
        for (name, value) in values {
            self.member(name, |out| out.value(value));
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Bool(value) => self.raw(if *value { "true" } else { "false" }),
            Value::Number(number) => self.raw(&number.to_string()),
            Value::Text(text) => push_string(&mut self.0, text),
            Value::List(elements) => self.items(elements, |out, _, element| out.value(element)),
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.member(name, |out| push_string(&mut out.0, text));
    }

    fn texts(&mut self, name: &str, texts: &[Arc<str>]) {
        self.member(name, |out| out.items(texts, |out, _, text| push_string(&mut out.0, text)));
    }

    /// Of objects.
    fn list<T>(&mut self, name: &str, elements: &[T], write: impl Fn(&mut Self, usize, &T)) {
        self.member(name, |out| {
            out.items(elements, |out, place, element| out.members(|out| write(out, place, element)));
        });
    }

    fn items<T>(&mut self, elements: &[T], write: impl Fn(&mut Self, usize, &T)) {
        self.0.push(b'[');
        for (place, element) in elements.iter().enumerate() {
            self.separate();
            write(self, place, element);
        }
        self.0.push(b']');
    }

    fn members(&mut self, write: impl FnOnce(&mut Self)) {
        self.0.push(b'{');
        write(self);
        self.0.push(b'}');
    }

    fn member(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.separate();
        push_string(&mut self.0, name);
        self.0.push(b':');
        write(self);
    }

    /// From what stands before, unless that is an opening bracket.
    fn separate(&mut self) {
        if !matches!(self.0.last(), Some(b'{' | b'[')) {
            self.0.push(b',');
        }
    }

    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }
}
