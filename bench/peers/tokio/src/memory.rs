// The resident memory of a million tasks that wait: for a time, for a notification, or for ever.
use crate::harness::Run;
use std::future::{pending, Future};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::sleep;

pub const WORKLOADS: &[crate::Workload] = &[
    ("mem_sleep", |run| measure(run, wait_for_time)),
    ("mem_notify", |run| measure(run, wait_for_notification)),
    ("mem_pending", |run| measure(run, wait_for_nothing)),
];

static PARKED: AtomicU64 = AtomicU64::new(0);
static NOTIFY: Notify = Notify::const_new();

async fn wait_for_time() {
    PARKED.fetch_add(1, Ordering::Relaxed);
    sleep(Duration::from_secs(3_600)).await;
}

async fn wait_for_notification() {
    PARKED.fetch_add(1, Ordering::Relaxed);
    NOTIFY.notified().await;
}

async fn wait_for_nothing() {
    PARKED.fetch_add(1, Ordering::Relaxed);
    pending::<()>().await;
}

fn resident_bytes() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
    // SAFETY: a plain query.
    pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as f64
}

fn measure<F>(run: &Run, wait: fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks = run.count(1_000_000);
    let runtime = run.runtime();
    let bytes = runtime.block_on(async {
        let root = async move {
            let before = resident_bytes();
            for _ in 0..tasks {
                tokio::spawn(wait());
            }
            while PARKED.load(Ordering::Acquire) != tasks {
                yield_now().await;
            }
            // The other worker may still run the last task.
            std::thread::sleep(Duration::from_millis(20));
            resident_bytes() - before
        };
        tokio::spawn(root).await.unwrap()
    });
    run.emit("", "B/task", bytes / tasks as f64);
    // This avoids dropping a million tasks.
    std::process::exit(0);
}
