/// What is measured, whatever the broker: the work ([Workload]), what a message carries ([Body]),
/// who checks every arrival ([Tally]), and what comes out ([Result]).
package dev.claudemesh.bench.load;
