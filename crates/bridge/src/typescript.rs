//! Writes `ui/src/ipc/generated.ts` from the command list and the shapes.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use ts_rs::{Config, TS, TypeVisitor};

use crate::changes::{Changes, Progress};
use crate::dto::*;
use crate::error::UiError;

/// Collects a type and everything it mentions, by name.
struct Collector<'a> {
    config: &'a Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl Collector<'_> {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.declarations.insert(T::name(self.config), format!("{docs}export {}", T::decl(self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

/// The whole file as text.
pub fn render() -> String {
    let config = Config::new().with_large_int("number");
    let mut types = Collector { config: &config, seen: HashSet::new(), declarations: BTreeMap::new() };
    let mut methods = String::new();
    macro_rules! collect {
        ($($name:ident($req:ty) -> $res:ty;)*) => {$(
            types.add::<$req>();
            types.add::<$res>();
            methods.push_str(&format!(
                "  {}: {{ request: {}; response: {} }};\n",
                stringify!($name), <$req>::name(&config), <$res>::name(&config)
            ));
        )*};
    }
    crate::for_each_command!(collect);
    types.add::<UiError>();
    types.add::<Changes>();
    types.add::<Progress>();
    let mut out =
        String::from("// Written from crates/bridge by `make generate`; do not edit. CI fails when it is stale.\n\n");
    for declaration in types.declarations.values() {
        out.push_str(declaration);
        out.push_str("\n\n");
    }
    out.push_str("/** Every command with what it takes and what it answers. */\nexport interface Commands {\n");
    out.push_str(&methods);
    out.push_str("}\n\nexport type CommandName = keyof Commands;\n");
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    #[test]
    fn the_generated_typescript_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/ipc/generated.ts");
        let on_disk = std::fs::read_to_string(path).unwrap_or_default();
        assert!(on_disk == super::render(), "ui/src/ipc/generated.ts is stale: run `make generate`");
    }
}
