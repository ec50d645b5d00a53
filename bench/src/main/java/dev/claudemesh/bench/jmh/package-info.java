/// The parts by themselves, under JMH: codec and crypto. Those of the rules stand in the rules' own
/// package. `bench/bench jmh`.
package dev.claudemesh.bench.jmh;
