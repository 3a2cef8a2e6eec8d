//! The class `Playground` as a script has it in its hands: constructed, called and read through JavaScript.

use js_sys::{Array, Error, Function, Object, Reflect};
use raft_playground::wasm::Playground;
use wasm_bindgen::{JsCast, JsValue};

/// What a script got: a value, or the sentence of the `Error` that was thrown.
pub(crate) type Got = Result<JsValue, String>;

fn sentence(thrown: JsValue) -> String {
    match thrown.dyn_ref::<Error>() {
        Some(error) => error.message().into(),
        None => panic!("what was thrown is no Error: {thrown:?}"),
    }
}

/// The class `Playground`.
fn class() -> Function {
    let any = Playground::new(JsValue::UNDEFINED.unchecked_into()).unwrap_or_else(|_| panic!("no settings at all"));
    let any = JsValue::from(any);
    let class = get(&any, "constructor").unchecked_into();
    call(&any, "free", &[]).expect("free takes nothing");
    class
}

/// `new Playground(settings)`.
pub(crate) fn construct(settings: &JsValue) -> Got {
    Reflect::construct(&class(), &Array::of1(settings)).map_err(sentence)
}

/// `Playground.open(entries)`, and what was thrown where it threw.
pub(crate) fn open(entries: &str) -> Result<JsValue, JsValue> {
    let class = class();
    let open: Function = get(&class, "open").unchecked_into();
    open.call1(&class, &value(entries))
}

/// A cluster with settings such as `{ protocol: "raft", seed: 7 }`.
pub(crate) fn playground(settings: &str) -> JsValue {
    construct(&value(settings)).unwrap_or_else(|why| panic!("{settings}: {why}"))
}

/// What an expression of JavaScript's comes to.
pub(crate) fn value(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).unwrap_or_else(|_| panic!("`{expression}` is not JavaScript"))
}

/// `object.method(...arguments)`.
pub(crate) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Got {
    let method: Function = get(object, method).dyn_into().unwrap_or_else(|_| panic!("there is no {method}()"));
    method.apply(object, &arguments.iter().collect::<Array>()).map_err(sentence)
}

/// `object.method(...arguments)`, which must work.
pub(crate) fn ask(object: &JsValue, method: &str, arguments: &[JsValue]) -> JsValue {
    call(object, method, arguments).unwrap_or_else(|why| panic!("{method}({arguments:?}): {why}"))
}

/// Applies steps, separated by `;`; `tick 5` is so many milliseconds.
pub(crate) fn tell(cluster: &JsValue, script: &str) {
    for line in script.split("; ") {
        match line.strip_prefix("tick ") {
            Some(millis) => ask(cluster, "tick", &[(millis.parse::<f64>().expect("a number") * 1_000.0).into()]),
            None => ask(cluster, "apply", &[line.into()]),
        };
    }
}

/// `object.name`; `undefined` where there is none.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_else(|_| panic!("{object:?} is no object with a {name}"))
}

/// `object.a.0.b` of a path `a.0.b`.
pub(crate) fn dig(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |inner, name| match name.parse::<u32>() {
        Ok(place) => Reflect::get_u32(&inner, place).unwrap_or_else(|_| panic!("{path} of {object:?}")),
        Err(_) => get(&inner, name),
    })
}

/// The names of an object's own fields, sorted.
pub(crate) fn names(object: &JsValue) -> Vec<String> {
    let object = object.dyn_ref::<Object>().unwrap_or_else(|| panic!("{object:?} is not an object"));
    let mut names: Vec<String> = Object::keys(object).iter().filter_map(|name| name.as_string()).collect();
    names.sort();
    names
}
