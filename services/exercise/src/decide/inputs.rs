//! Inputs for hidden tests and for probing: the edges first, one at a time, then whatever chance gives.
//!
//! Not here: which of them become tests (`draft`, `admit`).

use sandbox::Call;

use super::chance::Chance;
use super::draw::{Draw, Source, draw_all};
use super::exercise::{Expected, Test};
use super::literal;
use super::template::{Generate, Names, Texts};

/// How many inputs are drawn at random behind the edges.
const RANDOM: usize = 24;

/// The most inputs of an exercise, edges included.
const INPUTS_MAX: usize = 64;

/// Tests made of inputs.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// Each with one value at an edge.
    pub(super) edges: Vec<Test>,
    /// All values at random.
    pub(super) random: Vec<Test>,
}

/// Draws the inputs. None is there twice, and none is equal to one of `taken`.
///
/// # Errors
/// An input that cannot be drawn, or a text that makes no input of it.
pub(super) fn draw(
    generate: &Generate,
    names: &Names,
    taken: &[Test],
    chance: &mut Chance,
    texts: &Texts,
) -> Result<Inputs, String> {
    let parts = (generate.inputs.as_slice(), generate.constraints.as_slice());
    let mut inputs = Inputs::default();
    for (place, input) in generate.inputs.iter().enumerate() {
        for (value, about) in edges(input) {
            // An edge that the constraints rule out is none.
            if let Ok(drawn) = draw_all(parts, Some((place, &value)), chance, texts, names) {
                let test = test(generate, &about, &drawn, texts)?;
                if !is_there(&test, taken, &inputs) && inputs.edges.len() < INPUTS_MAX - RANDOM {
                    inputs.edges.push(test);
                }
            }
        }
    }
    for _ in 0..RANDOM {
        let drawn = draw_all(parts, None, chance, texts, names)?;
        let test = test(generate, "other values", &drawn, texts)?;
        if !is_there(&test, taken, &inputs) {
            inputs.random.push(test);
        }
    }
    Ok(inputs)
}

fn is_there(test: &Test, taken: &[Test], inputs: &Inputs) -> bool {
    taken.iter().chain(&inputs.edges).chain(&inputs.random).any(|other| same_input(test, other))
}

/// Whether two tests give a program the same to work on.
pub(super) fn same_input(one: &Test, other: &Test) -> bool {
    one.stdin == other.stdin && one.calls == other.calls
}

fn test(generate: &Generate, about: &str, names: &Names, texts: &Texts) -> Result<Test, String> {
    let stdin =
        texts.render(&generate.stdin, names).map_err(|problem| format!("generate.stdin: {problem}"))?;
    let calls =
        calls(&generate.calls, names, texts).map_err(|problem| format!("generate.calls: {problem}"))?;
    Ok(Test { about: about.to_owned(), open: false, stdin, calls, expected: Expected::default() })
}

/// Calls as texts, rendered and read.
///
/// # Errors
/// The one that is no call of literals.
pub(super) fn calls(sources: &[String], names: &Names, texts: &Texts) -> Result<Vec<Call>, String> {
    sources.iter().map(|source| literal::call(&texts.render(source, names)?)).collect()
}

/// The author's edges, then those that the range itself has.
fn edges(input: &Draw) -> Vec<(String, String)> {
    let mut edges: Vec<(String, String)> =
        input.edges.iter().map(|edge| (edge.value.clone(), edge.about.clone())).collect();
    let mut add = |value: String, about: &str| {
        if edges.iter().all(|(other, _)| *other != value) {
            edges.push((value, about.to_owned()));
        }
    };
    match &input.source {
        Source::Int(ints) => {
            if let (Some(from), Some(to)) = (ints.from.fixed(), ints.to.fixed()) {
                if from <= 0 && to >= 0 {
                    add("0".to_owned(), "zero");
                }
                if from < 0 {
                    add("-1".to_owned(), "a negative number");
                }
                add(from.to_string(), "the smallest value");
                add(to.to_string(), "the largest value");
            }
        }
        Source::List(list) if list.count.least() == Some(0) => add("[]".to_owned(), "nothing in the list"),
        Source::Text(letters) if letters.count.least() == Some(0) => add("''".to_owned(), "an empty text"),
        _ => {}
    }
    edges
}
