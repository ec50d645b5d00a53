/// Screens that ask one thing after the other. What is shown next is a pure function of one record:
/// a {@link dev.claudemesh.cli.flow.Flow} is a list of entries, a {@link
/// dev.claudemesh.cli.flow.Position} is where somebody stands in it, and a {@link
/// dev.claudemesh.cli.flow.Guide} leads them through: on a screen, by numbered questions, or with
/// nobody there. Knows nothing of what is asked. JLine stands here alone, and nothing here is
/// loaded by a command that shows no screen.
package dev.claudemesh.cli.flow;
