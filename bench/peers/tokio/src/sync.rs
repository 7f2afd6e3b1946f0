// Locks and permits, contended and uncontended.
use crate::harness::{timed, Run};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::yield_now;

pub const WORKLOADS: &[crate::Workload] = &[
    ("mutex_uncontended", mutex_uncontended),
    ("mutex_contended", mutex_contended),
    ("mutex_contended_yield", mutex_contended_yield),
    ("semaphore_uncontended", semaphore_uncontended),
    ("semaphore_p10_6t", semaphore_p10_6t),
];

async fn increment(mutex: Arc<Mutex<u64>>, times: u64) {
    for _ in 0..times {
        *mutex.lock().await += 1;
    }
}

async fn increment_slowly(mutex: Arc<Mutex<u64>>, times: u64) {
    for _ in 0..times {
        let mut value = mutex.lock().await;
        yield_now().await;
        *value += 1;
    }
}

async fn acquire_often(semaphore: Arc<Semaphore>, times: u64) {
    for _ in 0..times {
        let _permit = semaphore.acquire().await.unwrap();
    }
}

/// Runs the same function in several tasks, until all are over.
async fn together<F>(tasks: u64, make: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let handles: Vec<_> = (0..tasks).map(|_| tokio::spawn(make())).collect();
    for handle in handles {
        handle.await.unwrap();
    }
}

fn mutex_uncontended(run: &Run) {
    let times = run.count(5_000_000);
    let took = run.root(timed(increment(Arc::new(Mutex::new(0)), times)));
    run.emit_per_op("", took, times);
}

fn mutex_contended(run: &Run) {
    let times = run.count(500_000);
    let mutex = Arc::new(Mutex::new(0));
    let counter = mutex.clone();
    let took = run.root(timed(async move { together(8, || increment(mutex.clone(), times)).await }));
    assert_eq!(*counter.blocking_lock(), 8 * times);
    run.emit_per_op("", took, 8 * times);
}

fn mutex_contended_yield(run: &Run) {
    let times = run.count(100_000);
    let mutex = Arc::new(Mutex::new(0));
    let took = run.root(timed(async move { together(8, || increment_slowly(mutex.clone(), times)).await }));
    run.emit_per_op("", took, 8 * times);
}

fn semaphore_uncontended(run: &Run) {
    let times = run.count(5_000_000);
    let took = run.root(timed(acquire_often(Arc::new(Semaphore::new(1)), times)));
    run.emit_per_op("", took, times);
}

fn semaphore_p10_6t(run: &Run) {
    let times = run.count(1_000_000);
    let semaphore = Arc::new(Semaphore::new(10));
    let took = run.root(timed(async move { together(6, || acquire_often(semaphore.clone(), times)).await }));
    run.emit_per_op("", took, 6 * times);
}
