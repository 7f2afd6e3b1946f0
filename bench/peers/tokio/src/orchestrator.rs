// The pattern of the orchestrator: many tasks, few permits, results in the order of completion.
use crate::harness::{timed, Run};
use futures::stream::{FuturesUnordered, StreamExt};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{unconstrained, yield_now, JoinSet};

pub const WORKLOADS: &[crate::Workload] = &[
    ("orch_fu", |run| measure(run, 100_000, unordered)),
    ("orch_fu_1m", |run| measure(run, 1_000_000, unordered)),
    ("orch_fu_unconstrained", |run| measure(run, 100_000, |tasks| unconstrained(unordered(tasks)))),
    ("orch_joinset", |run| measure(run, 100_000, join_set)),
];

const PERMITS: usize = 64;

async fn work(semaphore: Arc<Semaphore>, number: u64) -> String {
    let _permit = semaphore.acquire().await.unwrap();
    yield_now().await;
    number.to_string()
}

async fn unordered(tasks: u64) {
    let semaphore = Arc::new(Semaphore::new(PERMITS));
    let mut running: FuturesUnordered<_> =
        (0..tasks).map(|number| tokio::spawn(work(semaphore.clone(), number))).collect();
    let mut results = 0;
    while let Some(result) = running.next().await {
        results += u64::from(!result.unwrap().is_empty());
    }
    assert_eq!(results, tasks);
}

async fn join_set(tasks: u64) {
    let semaphore = Arc::new(Semaphore::new(PERMITS));
    let mut running = JoinSet::new();
    for number in 0..tasks {
        running.spawn(work(semaphore.clone(), number));
    }
    let mut results = 0;
    while let Some(result) = running.join_next().await {
        results += u64::from(!result.unwrap().is_empty());
    }
    assert_eq!(results, tasks);
}

fn measure<F>(run: &Run, full: u64, pattern: fn(u64) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks = run.count(full);
    let took = run.root(async move { timed(pattern(tasks)).await });
    run.emit_per_op("", took, tasks);
}
