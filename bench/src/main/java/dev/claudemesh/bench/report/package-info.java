/// What comes out of a run: [Table] and [Json] for the terminal, [Plot] as SVG.
package dev.claudemesh.bench.report;
