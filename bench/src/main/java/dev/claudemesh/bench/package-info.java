/// Measures the broker under load and proves it under faults: `load` the scenarios and the brokers
/// to compare with, `faults` the runner that kills things and the checker, `jmh` the parts.
package dev.claudemesh.bench;
