// What the workloads share: a runtime of the wanted kind, sizes, clocks, random numbers, and the output.
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

pub struct Run {
    pub workload: String,
    multi_thread: bool,
    scale: f64,
}

impl Run {
    pub fn parse(arguments: &[String]) -> Option<Run> {
        let multi_thread = match arguments.get(2)?.as_str() {
            "mt" => true,
            "ct" => false,
            _ => return None,
        };
        let scale = match arguments.get(3) {
            Some(text) => text.parse().ok().filter(|scale| *scale > 0.0)?,
            None => 1.0,
        };
        Some(Run { workload: arguments[1].clone(), multi_thread, scale })
    }

    /// A number of operations, multiplied by the scale.
    pub fn count(&self, full: u64) -> u64 {
        ((full as f64 * self.scale) as u64).max(1)
    }

    /// True for two workers, false for the calling thread alone.
    pub fn runtime(&self) -> Runtime {
        self.builder().enable_time().build().unwrap()
    }

    fn builder(&self) -> Builder {
        let mut builder =
            if self.multi_thread { Builder::new_multi_thread() } else { Builder::new_current_thread() };
        builder.worker_threads(2);
        builder
    }

    /// Runs the root of a workload as a task. The calling thread only waits.
    pub fn root<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime().block_on(async { tokio::spawn(root).await.unwrap() })
    }

    /// The same with sockets, which a runtime without them need not watch.
    pub fn root_with_io<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let runtime = self.builder().enable_all().build().unwrap();
        runtime.block_on(async { tokio::spawn(root).await.unwrap() })
    }

    pub fn emit(&self, suffix: &str, unit: &str, value: f64) {
        let mode = if self.multi_thread { "mt" } else { "ct" };
        let dot = if suffix.is_empty() { "" } else { "." };
        println!(
            "{{\"metric\":\"{}.{mode}{dot}{suffix}\",\"unit\":\"{unit}\",\"value\":{value}}}",
            self.workload
        );
    }

    pub fn emit_per_op(&self, suffix: &str, took: Duration, operations: u64) {
        self.emit(suffix, "ns/op", took.as_nanos() as f64 / operations as f64);
    }
}

/// Runs a future, and returns how long it took.
pub async fn timed<F: Future>(what: F) -> Duration {
    let start = Instant::now();
    what.await;
    start.elapsed()
}

/// Hides a value from the optimiser. The function of the standard library is newer than Debian's compiler.
pub fn black_box<T>(value: T) -> T {
    // SAFETY: the original is forgotten, so there is one value, as before.
    unsafe {
        let copy = std::ptr::read_volatile(&value);
        std::mem::forget(value);
        copy
    }
}

/// Processor time of this process.
pub fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call only writes to `time`.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new() -> Random {
        Random(42)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in [0, bound).
    pub fn below(&mut self, bound: u64) -> u64 {
        ((self.next() >> 32) * bound) >> 32
    }
}
