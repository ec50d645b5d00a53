/// What of the command line is asked about, done, or refused: `policy.yaml` in the config folder,
/// and `--approval-mode`. Where neither is there, nothing of this package is loaded but the gate.
package dev.claudemesh.cli.policy;
