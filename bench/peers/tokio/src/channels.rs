// Messages from one task to one, from several to one, and from one to all.
use crate::harness::{black_box, timed, Run};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{broadcast, mpsc, oneshot, watch, Notify};
use tokio::task::yield_now;

pub const WORKLOADS: &[crate::Workload] = &[
    ("mpsc_b128_1to1", |run| bounded::<1>(run, 1)),
    ("mpsc_b128_4to1", |run| bounded::<1>(run, 4)),
    ("mpsc_b128_1to1_64b", |run| bounded::<8>(run, 1)),
    ("mpsc_unb_1to1", |run| unbounded(run, 1)),
    ("mpsc_unb_4to1", |run| unbounded(run, 4)),
    ("oneshot_same_task", oneshot_same_task),
    ("broadcast_nolag_5rx", broadcast_nolag),
    ("broadcast_batch64_5rx", broadcast_batch),
    ("watch_5rx_tight", |run| watch_changes(run, 1_000_000, false)),
    ("watch_5rx_yield", |run| watch_changes(run, 200_000, true)),
];

const RECEIVERS: u64 = 5;
const BATCH: u64 = 64;

fn bounded<const WORDS: usize>(run: &Run, senders: u64) {
    let messages = run.count(1_000_000) / senders * senders;
    let took = run.root(timed(async move {
        let (tx, mut rx) = mpsc::channel::<[u64; WORDS]>(128);
        for _ in 0..senders {
            let tx = tx.clone();
            tokio::spawn(async move {
                for i in 0..messages / senders {
                    tx.send([i; WORDS]).await.unwrap();
                }
            });
        }
        drop(tx);
        let mut received = 0;
        while rx.recv().await.is_some() {
            received += 1;
        }
        assert_eq!(received, messages);
    }));
    run.emit_per_op("", took, messages);
}

fn unbounded(run: &Run, senders: u64) {
    let messages = run.count(1_000_000) / senders * senders;
    let took = run.root(timed(async move {
        let (tx, mut rx) = mpsc::unbounded_channel::<u64>();
        for _ in 0..senders {
            let tx = tx.clone();
            tokio::spawn(async move {
                for i in 0..messages / senders {
                    tx.send(i).unwrap();
                }
            });
        }
        drop(tx);
        let mut received = 0;
        while rx.recv().await.is_some() {
            received += 1;
        }
        assert_eq!(received, messages);
    }));
    run.emit_per_op("", took, messages);
}

fn oneshot_same_task(run: &Run) {
    let times = run.count(2_000_000);
    let took = run.root(timed(async move {
        for i in 0..times {
            let (tx, rx) = oneshot::channel();
            tx.send(i).unwrap();
            assert_eq!(rx.await.unwrap(), i);
        }
    }));
    run.emit_per_op("", took, times);
}

fn broadcast_nolag(run: &Run) {
    let messages = run.count(200_000);
    let took = run.root(async move {
        let (tx, _) = broadcast::channel::<u64>(1 << 18);
        let receivers: Vec<_> = (0..RECEIVERS).map(|_| tx.subscribe()).collect();
        timed(async move {
            let handles: Vec<_> = receivers
                .into_iter()
                .map(|mut rx| {
                    tokio::spawn(async move {
                        let mut received = 0;
                        while rx.recv().await.is_ok() {
                            received += 1;
                        }
                        received
                    })
                })
                .collect();
            for i in 0..messages {
                tx.send(i).unwrap();
            }
            drop(tx);
            for handle in handles {
                assert_eq!(handle.await.unwrap(), messages);
            }
        })
        .await
    });
    run.emit_per_op("", took, messages);
}

async fn take_batches(mut rx: broadcast::Receiver<u64>, left: Arc<AtomicU64>, taken: Arc<Notify>) {
    let mut received = 0;
    while rx.recv().await.is_ok() {
        received += 1;
        if received % BATCH == 0 && left.fetch_sub(1, Ordering::AcqRel) == 1 {
            taken.notify_one();
        }
    }
}

fn broadcast_batch(run: &Run) {
    let batches = run.count(200_000 / BATCH);
    let took = run.root(async move {
        let (tx, _) = broadcast::channel::<u64>(1_024);
        let (left, taken) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
        let receivers: Vec<_> = (0..RECEIVERS).map(|_| tx.subscribe()).collect();
        timed(async move {
            for rx in receivers {
                tokio::spawn(take_batches(rx, left.clone(), taken.clone()));
            }
            for _ in 0..batches {
                left.store(RECEIVERS, Ordering::Release);
                for i in 0..BATCH {
                    tx.send(i).unwrap();
                }
                taken.notified().await;
            }
        })
        .await
    });
    run.emit_per_op("", took, batches * BATCH);
}

fn watch_changes(run: &Run, updates: u64, yields: bool) {
    let updates = run.count(updates);
    let (took, seen) = run.root(async move {
        let (tx, rx) = watch::channel(0u64);
        let handles: Vec<_> = (0..RECEIVERS)
            .map(|_| {
                let mut rx = rx.clone();
                tokio::spawn(async move {
                    let mut seen = 0u64;
                    while rx.changed().await.is_ok() {
                        black_box(*rx.borrow_and_update());
                        seen += 1;
                    }
                    seen
                })
            })
            .collect();
        drop(rx);
        let start = Instant::now();
        for i in 0..updates {
            tx.send(i).unwrap();
            if yields {
                yield_now().await;
            }
        }
        let took = start.elapsed();
        drop(tx);
        let mut seen = 0;
        for handle in handles {
            seen += handle.await.unwrap();
        }
        (took, seen)
    });
    run.emit_per_op("", took, updates);
    run.emit("seen", "%", 100.0 * seen as f64 / (RECEIVERS * updates) as f64);
}
