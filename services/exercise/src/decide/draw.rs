//! What chance chooses in an exercise: kinds of values, and drawing them all so that they fit together.
//!
//! Not here: the numbers behind it (`chance`), and the texts into which the values go (`template`).

use minijinja::Value;
use minijinja::value::Serde;
use serde::Deserialize;

use super::chance::Chance;
use super::template::{Names, Texts};

/// How often all is drawn anew until the constraints hold.
const ATTEMPTS_MAX: usize = 2_000;

/// The longest list or text that is drawn.
const LENGTH_MAX: i64 = 200;

/// A name, and where its value comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Table")]
pub struct Draw {
    /// The name in texts and expressions.
    pub name: String,
    /// Where its value comes from.
    pub source: Source,
    /// For inputs: expressions of values that are worth a test of their own.
    pub edges: Vec<Edge>,
}

/// A value that is worth a test of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "EdgeSheet")]
pub struct Edge {
    /// The value, as an expression.
    pub value: String,
    /// What a test with it is about.
    pub about: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum EdgeSheet {
    Plain(String),
    Named { value: String, about: String },
}

impl From<EdgeSheet> for Edge {
    fn from(sheet: EdgeSheet) -> Self {
        match sheet {
            EdgeSheet::Plain(value) => Self { value, about: "a value at the edge".to_owned() },
            EdgeSheet::Named { value, about } => Self { value, about },
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// One of these.
    OneOf(Vec<toml::Value>),
    /// One of a list in words.toml.
    Pool(String),
    /// A whole number.
    Int(Ints),
    /// A decimal number.
    Float(Floats),
    /// Letters in some order.
    Text(Letters),
    /// Several values.
    List(Box<List>),
    /// What an expression over the names before it comes to.
    Derive(String),
}

/// Whole numbers from, to, both included.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ints {
    /// The smallest.
    pub from: Bound,
    /// The largest.
    pub to: Bound,
    /// How far they lie apart.
    #[serde(default = "one")]
    pub step: i64,
}

/// Decimal numbers from, to, both included.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floats {
    /// The smallest.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// How far they lie apart; its decimals are the decimals of the values.
    pub step: f64,
}

/// Texts of these letters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// The letters.
    pub of: String,
    /// How many.
    pub count: Count,
}

/// Lists of values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Where each value comes from.
    pub of: Source,
    /// How many.
    pub count: Count,
    /// Whether no two are the same.
    #[serde(default)]
    pub distinct: bool,
}

/// A number, or an expression that comes to one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// The number.
    Number(i64),
    /// The expression.
    Expression(String),
}

/// How many.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// Exactly so many.
    Exactly(Bound),
    /// Between two.
    Between {
        /// At least.
        from: Bound,
        /// At most.
        to: Bound,
    },
}

const fn one() -> i64 {
    1
}

impl TryFrom<toml::Table> for Draw {
    type Error = String;

    fn try_from(mut table: toml::Table) -> Result<Self, String> {
        let Some(toml::Value::String(name)) = table.remove("name") else {
            return Err("a draw lacks its `name`".to_owned());
        };
        let edges = table.remove("edges").map_or(Ok(Vec::new()), Vec::<Edge>::deserialize);
        let edges = edges.map_err(|error| format!("`{name}`, edges: {error}"))?;
        if table.len() != 1 {
            return Err(format!(
                "`{name}` needs exactly one of one_of, pool, int, float, text, list, derive, and has {}",
                table.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
            ));
        }
        let source =
            Source::deserialize(toml::Value::Table(table)).map_err(|error| format!("`{name}`: {error}"))?;
        Ok(Self { name, source, edges })
    }
}

impl Bound {
    fn number(&self, texts: &Texts, names: &Names) -> Result<i64, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Expression(source) => {
                let value = texts.evaluate(source, names)?;
                value.as_i64().ok_or_else(|| format!("`{source}` comes to {value}, which is no whole number"))
            }
        }
    }

    /// The number, where it is written as one.
    #[must_use]
    pub const fn fixed(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Expression(_) => None,
        }
    }
}

impl Count {
    fn draw(&self, chance: &mut Chance, texts: &Texts, names: &Names) -> Result<i64, String> {
        let (from, to) = match self {
            Self::Exactly(bound) => (bound, bound),
            Self::Between { from, to } => (from, to),
        };
        let count = between(from.number(texts, names)?, to.number(texts, names)?, 1, chance)?;
        if (0..=LENGTH_MAX).contains(&count) {
            Ok(count)
        } else {
            Err(format!("{count} values are not drawn"))
        }
    }

    /// The least, where it is written as a number.
    #[must_use]
    pub const fn least(&self) -> Option<i64> {
        match self {
            Self::Exactly(bound) | Self::Between { from: bound, .. } => bound.fixed(),
        }
    }
}

fn between(from: i64, to: i64, step: i64, chance: &mut Chance) -> Result<i64, String> {
    let steps = to.checked_sub(from).filter(|span| *span >= 0 && step > 0).map(|span| span / step);
    let steps = steps.ok_or_else(|| format!("nothing lies from {from} to {to} in steps of {step}"))?;
    let taken = chance.below(u64::try_from(steps).unwrap_or_default() + 1);
    Ok(from + step * i64::try_from(taken).unwrap_or_default())
}

impl Floats {
    /// How many parts of ten the values have: the step's.
    fn scale(self) -> f64 {
        let written = format!("{}", self.step);
        let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        10f64.powi(i32::try_from(decimals).unwrap_or_default())
    }

    /// In whole parts, so that no step adds an error of its own: from, to, step.
    #[expect(clippy::cast_possible_truncation, reason = "rounded, and far below the largest")]
    fn parts(self) -> (i64, i64, i64) {
        let parts = |value: f64| (value * self.scale()).round() as i64;
        (parts(self.from), parts(self.to), parts(self.step))
    }
}

impl Source {
    /// Draws a value.
    ///
    /// # Errors
    /// What keeps a value from being drawn: an empty range, an expression that comes to nothing.
    pub fn value(&self, chance: &mut Chance, texts: &Texts, names: &Names) -> Result<Value, String> {
        match self {
            Self::OneOf(values) => chance
                .pick(values)
                .map(|value| Value::from(Serde(value)))
                .ok_or_else(|| "one_of nothing".to_owned()),
            Self::Pool(name) => Err(format!("words.toml has no `{name}`")),
            Self::Int(Ints { from, to, step }) => {
                between(from.number(texts, names)?, to.number(texts, names)?, *step, chance).map(Value::from)
            }
            #[expect(clippy::cast_precision_loss, reason = "far below the largest whole number of a float")]
            Self::Float(floats) => {
                let (from, to, step) = floats.parts();
                Ok(Value::from(between(from, to, step, chance)? as f64 / floats.scale()))
            }
            Self::Text(Letters { of, count }) => {
                let letters: Vec<char> = of.chars().collect();
                let count = count.draw(chance, texts, names)?;
                let text: String = (0..count).filter_map(|_| chance.pick(&letters)).collect();
                Ok(Value::from(text))
            }
            Self::List(list) => list.values(chance, texts, names),
            Self::Derive(source) => texts.evaluate(source, names),
        }
    }

    /// How many values there are; 1 where that cannot be told from the sheet.
    #[must_use]
    pub fn variety(&self) -> u64 {
        let span = |from: i64, to: i64, step: i64| u64::try_from((to - from) / step.max(1) + 1).unwrap_or(1);
        match self {
            Self::OneOf(values) => values.len() as u64,
            Self::Int(Ints { from, to, step }) => match (from.fixed(), to.fixed()) {
                (Some(from), Some(to)) => span(from, to, *step),
                _ => 1,
            },
            Self::Float(floats) => {
                let (from, to, step) = floats.parts();
                span(from, to, step)
            }
            Self::Text(Letters { of, count }) => power(of.chars().count() as u64, count.least()),
            Self::List(list) => power(list.of.variety(), list.count.least()),
            Self::Pool(_) | Self::Derive(_) => 1,
        }
    }
}

fn power(base: u64, count: Option<i64>) -> u64 {
    base.saturating_pow(count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1))
}

impl List {
    fn values(&self, chance: &mut Chance, texts: &Texts, names: &Names) -> Result<Value, String> {
        let count = usize::try_from(self.count.draw(chance, texts, names)?).unwrap_or_default();
        let mut values: Vec<Value> = Vec::with_capacity(count);
        let mut misses = 0;
        while values.len() < count {
            let value = self.of.value(chance, texts, names)?;
            if self.distinct && values.contains(&value) {
                misses += 1;
                if misses > ATTEMPTS_MAX {
                    return Err(format!("there are no {count} distinct values"));
                }
                continue;
            }
            values.push(value);
        }
        Ok(Value::from(values))
    }
}

/// Draws all until every constraint holds; `fixed` puts an expression in the place of one draw.
///
/// # Errors
/// The draw that fails, or that the constraints hold in none of many attempts.
pub fn draw_all(
    (draws, constraints): (&[Draw], &[String]),
    fixed: Option<(usize, &str)>,
    chance: &mut Chance,
    texts: &Texts,
    known: &Names,
) -> Result<Names, String> {
    for _ in 0..ATTEMPTS_MAX {
        let mut names = known.clone();
        for (place, draw) in draws.iter().enumerate() {
            let value = match fixed {
                Some((at, expression)) if at == place => texts.evaluate(expression, &names),
                _ => draw.source.value(chance, texts, &names),
            };
            let value = value.map_err(|problem| format!("`{}`: {problem}", draw.name))?;
            names.insert(draw.name.clone(), value);
        }
        let mut held = true;
        for constraint in constraints {
            held &= texts
                .evaluate(constraint, &names)
                .map_err(|problem| format!("`{constraint}`: {problem}"))?
                .is_true();
        }
        if held {
            return Ok(names);
        }
    }
    Err(format!("in {ATTEMPTS_MAX} attempts the constraints never held together"))
}
