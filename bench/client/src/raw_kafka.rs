//! librdkafka alone, set as the bus sets it: how many records a second so many clients can publish who each wait until all
//! replicas have theirs.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::util::Timeout;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::figures::Latencies;
use crate::{Failure, RawKafka};

pub(crate) async fn run(args: &RawKafka) -> Result<Value, Failure> {
    let producer: FutureProducer = ClientConfig::new()
        .set("bootstrap.servers", &args.brokers)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "2")
        .create()?;
    let payload = Arc::new(vec![b'x'; args.payload_bytes]);
    let began = Instant::now();
    let until = began + Duration::from_secs(args.seconds);
    let clients: Vec<_> = (0..args.clients)
        .map(|number| {
            let (producer, payload, topic) = (producer.clone(), Arc::clone(&payload), args.topic.clone());
            tokio::spawn(async move {
                let (mut latencies, key) = (Latencies::default(), format!("student-{number}"));
                while Instant::now() < until {
                    let sent = Instant::now();
                    let record = FutureRecord::to(&topic).key(&key).payload(&*payload);
                    producer.send(record, Timeout::Never).await.map_err(|(error, _)| error)?;
                    latencies.add(sent.elapsed());
                }
                Ok::<_, rdkafka::error::KafkaError>(latencies)
            })
        })
        .collect();
    let mut latencies = Latencies::default();
    for client in clients {
        latencies.merge(client.await??);
    }
    Ok(json!({"seconds": began.elapsed().as_secs_f64(), "answers": latencies.told()}))
}
