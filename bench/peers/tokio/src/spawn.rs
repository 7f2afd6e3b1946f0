// Spawning tasks: one after another, from outside, in chains, and in pairs that send messages.
use crate::harness::{timed, Run};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{mpsc, Arc};
use std::time::Instant;
use tokio::sync::{oneshot, Notify};

pub const WORKLOADS: &[crate::Workload] = &[
    ("spawn_await_1m", spawn_await),
    ("spawn_many_local", spawn_many_local),
    ("spawn_many_remote", spawn_many_remote),
    ("ping_pong", ping_pong),
    ("chained_spawn", chained_spawn),
];

const SPAWNS: u64 = 10_000;
const CHAIN: u64 = 1_000;
const PAIRS: u64 = 1_000;

fn spawn_await(run: &Run) {
    let tasks = run.count(1_000_000);
    let took = run.root(timed(async move {
        let mut handles = Vec::with_capacity(tasks as usize);
        for _ in 0..tasks {
            handles.push(tokio::spawn(async {}));
        }
        for handle in handles {
            handle.await.unwrap();
        }
    }));
    run.emit_per_op("", took, tasks);
}

fn spawn_many_local(run: &Run) {
    let rounds = run.count(100);
    let runtime = run.runtime();
    let (tx, rx) = mpsc::sync_channel(1_000);
    let left = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    for _ in 0..rounds {
        left.store(SPAWNS, Ordering::Relaxed);
        runtime.block_on(async {
            for _ in 0..SPAWNS {
                let (tx, left) = (tx.clone(), left.clone());
                tokio::spawn(async move {
                    if left.fetch_sub(1, Ordering::Relaxed) == 1 {
                        tx.send(()).unwrap();
                    }
                });
            }
            rx.recv().unwrap();
        });
    }
    run.emit_per_op("", start.elapsed(), rounds * SPAWNS);
}

fn spawn_many_remote(run: &Run) {
    let rounds = run.count(100);
    let runtime = run.runtime();
    let mut handles = Vec::with_capacity(SPAWNS as usize);
    let start = Instant::now();
    for _ in 0..rounds {
        for _ in 0..SPAWNS {
            handles.push(runtime.spawn(async {}));
        }
        runtime.block_on(async {
            for handle in handles.drain(..) {
                handle.await.unwrap();
            }
        });
    }
    run.emit_per_op("", start.elapsed(), rounds * SPAWNS);
}

async fn pair(left: Arc<AtomicU64>, done: Arc<Notify>) {
    let (ping, pinged) = oneshot::channel();
    let (pong, ponged) = oneshot::channel();
    tokio::spawn(async move {
        pinged.await.unwrap();
        pong.send(()).unwrap();
    });
    ping.send(()).unwrap();
    ponged.await.unwrap();
    if left.fetch_sub(1, Ordering::AcqRel) == 1 {
        done.notify_one();
    }
}

fn ping_pong(run: &Run) {
    let rounds = run.count(200);
    let took = run.root(timed(async move {
        let (left, done) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
        for _ in 0..rounds {
            left.store(PAIRS, Ordering::Relaxed);
            for _ in 0..PAIRS {
                tokio::spawn(pair(left.clone(), done.clone()));
            }
            done.notified().await;
        }
    }));
    run.emit_per_op("", took, rounds * PAIRS);
}

fn hop(left: u64, done: Arc<Notify>) {
    if left == 0 {
        done.notify_one();
    } else {
        tokio::spawn(async move { hop(left - 1, done) });
    }
}

fn chained_spawn(run: &Run) {
    let rounds = run.count(1_000);
    let took = run.root(timed(async move {
        let done = Arc::new(Notify::new());
        for _ in 0..rounds {
            hop(CHAIN, done.clone());
            done.notified().await;
        }
    }));
    run.emit_per_op("", took, rounds * CHAIN);
}
