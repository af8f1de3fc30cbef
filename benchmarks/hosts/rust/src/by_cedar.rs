//! Cedar. The JSON of a request is parsed directly into expressions of Cedar. Principal, action, resource and context
//! are as in `engines/peers/cedar.mjs`. Type names are parsed once.

use super::timing::Engine;
use super::workload::Workload;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt;

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    types: HashMap<String, EntityTypeName>,
}

#[derive(Deserialize)]
struct Asked {
    subject: Thing,
    action: Action,
    resource: Thing,
    context: HashMap<String, Attribute>,
}

#[derive(Deserialize)]
struct Thing {
    r#type: String,
    id: String,
    #[serde(default)]
    properties: HashMap<String, Attribute>,
}

#[derive(Deserialize)]
struct Action {
    name: String,
}

impl Cedar {
    pub fn prepare(workload: &Workload) -> Result<Self, Box<dyn Error>> {
        let policies = workload.text("cedar")?.parse()?;
        Ok(Self { authorizer: Authorizer::new(), policies, types: HashMap::new() })
    }

    fn uid(&mut self, kind: &str, id: &str) -> Result<EntityUid, Box<dyn Error>> {
        let name = match self.types.get(kind) {
            Some(name) => name.clone(),
            None => {
                let name = kind.parse::<EntityTypeName>()?;
                self.types.insert(kind.to_owned(), name.clone());
                name
            }
        };
        Ok(EntityUid::from_type_name_and_id(name, EntityId::new(id)))
    }
}

impl Engine for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy"
    }

    fn decide(&mut self, request: &[u8]) -> Result<bool, Box<dyn Error>> {
        let Asked { subject, action, resource, context } = serde_json::from_slice(request)?;
        let principal = self.uid(&subject.r#type, &subject.id)?;
        let target = self.uid(&resource.r#type, &resource.id)?;
        let uid = self.uid("Action", &action.name)?;
        let action_name = ("action_name".to_owned(), RestrictedExpression::new_string(action.name));
        let context = context.into_iter().map(|(name, Attribute(value))| (name, value));
        let context = Context::from_pairs(context.chain([action_name]))?;
        let entity = |uid: &EntityUid, thing: Thing| {
            let attributes = thing.properties.into_iter().map(|(name, Attribute(value))| (name, value));
            Entity::new(uid.clone(), attributes.collect(), HashSet::new())
        };
        let entities = [entity(&principal, subject)?, entity(&target, resource)?];
        let entities = Entities::from_entities(entities, None)?;
        let request = Request::new(principal, uid, target, context, None)?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string().into());
        }
        Ok(response.decision() == Decision::Allow)
    }
}

/// A JSON value as an expression of Cedar.
struct Attribute(RestrictedExpression);

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Attributes).map(Self)
    }
}

struct Attributes;

impl<'de> Visitor<'de> for Attributes {
    type Value = RestrictedExpression;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value that Cedar supports")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(RestrictedExpression::new_bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(RestrictedExpression::new_long(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        i64::try_from(value).map(RestrictedExpression::new_long).map_err(E::custom)
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(RestrictedExpression::new_string(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(Attribute(element)) = from.next_element()? {
            elements.push(element);
        }
        Ok(RestrictedExpression::new_set(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, Attribute(member))) = from.next_entry::<String, _>()? {
            members.push((name, member));
        }
        RestrictedExpression::new_record(members).map_err(A::Error::custom)
    }
}
