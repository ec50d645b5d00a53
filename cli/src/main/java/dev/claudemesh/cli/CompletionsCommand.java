package dev.claudemesh.cli;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Prints what makes a shell complete our commands, made from the commands themselves.
@Command(
    name = "completions",
    description = "Print what makes your shell complete commands and options.",
    footer = {
      "",
      "bash, in ~/.bashrc:  source <(claudemesh completions bash)",
      "zsh, in ~/.zshrc:    source <(claudemesh completions zsh)",
      "fish:  claudemesh completions fish > ~/.config/fish/completions/claudemesh.fish"
    })
public final class CompletionsCommand extends CliCommand {
  /// The shells that are spoken.
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(paramLabel = "bash|zsh|fish", description = "Your shell.")
  private Shell shell;

  public CompletionsCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Script(String shell, String script) {}

  @Override
  protected Answer answer() {
    CommandLine tree = Cli.tree(context);
    String script =
        switch (shell) {
          case bash -> AutoComplete.bash(context.environment().program(), tree);
          case zsh -> zsh(AutoComplete.bash(context.environment().program(), tree));
          case fish -> FishCompletions.of(context.environment().program(), tree);
        };
    return Answer.of(new Script(shell.name(), script)).line(script.stripTrailing());
  }

  /// zsh runs completions written for bash, once it was told to.
  private static String zsh(String bash) {
    return String.join(
        "\n",
        List.of(
            "autoload -U +X compinit && compinit",
            "autoload -U +X bashcompinit && bashcompinit",
            bash));
  }
}
