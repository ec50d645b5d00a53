/// `bench faults`: peers send numbered messages while broker, database, clients, network and clocks
/// fail by a schedule drawn from a seed; then a checker proves from the peers' ledgers that nothing
/// was lost, shown twice, or out of order.
///
/// The clients are processes of the product's own client with its journals, so that a killed one
/// goes on where it was. Each peer keeps a {@link dev.claudemesh.bench.faults.Ledger} of what it
/// sent and what it was shown; {@link dev.claudemesh.bench.faults.Checker} reads nothing else.
package dev.claudemesh.bench.faults;
