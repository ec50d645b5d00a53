/// Starting Claude Code on a mesh: what a person is asked before (`LaunchFlow` over one
/// `LaunchSession`), and how the terminal and a config folder are handed over.
package dev.claudemesh.cli.launch;
