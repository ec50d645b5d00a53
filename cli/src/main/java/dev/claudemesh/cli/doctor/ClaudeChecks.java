package dev.claudemesh.cli.doctor;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.claude.ClaudeBinary;
import dev.claudemesh.cli.install.ClaudeFiles;
import dev.claudemesh.cli.install.Installed;
import dev.claudemesh.protocol.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Claude Code: whether it is there, and whether we are entered into it as we should be.
final class ClaudeChecks {
  private static final ClaudeBinary.Number3 GOOD_VERSION = new ClaudeBinary.Number3(2, 1, 224);

  private final Environment environment;

  ClaudeChecks(Context context) {
    this.environment = context.environment();
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(binary());
    ClaudeFiles files = ClaudeFiles.of(environment);
    if (hasPlugin(files)) {
      findings.add(plugin(files));
    } else {
      findings.add(server(files));
      findings.add(hooks(files));
    }
    return findings;
  }

  private static boolean hasPlugin(ClaudeFiles files) {
    try {
      return Installed.plugin(files);
    } catch (Problem unreadable) {
      return false; // the checks without a plugin tell what is wrong with the file
    }
  }

  /// The plugin brings server and hooks; what was entered beside it would be a second of each.
  private static Finding plugin(ClaudeFiles files) {
    try {
      return Installed.server(files).isEmpty() && !Installed.anyHook(files)
          ? Finding.good("plugin", "Claude Code uses the claudemesh plugin")
          : Finding.warning(
              "plugin",
              "claudemesh is in Claude Code twice, by its plugin and by claudemesh install: each"
                  + " session starts two servers and is two peers",
              "claudemesh uninstall");
    } catch (Problem e) {
      return Finding.bad("plugin", ExitCode.ARGUMENTS, e.getMessage(), "mend " + files.servers());
    }
  }

  private Finding binary() {
    Optional<Path> found = ClaudeBinary.find(environment);
    Optional<String> named = environment.variable("CLAUDE_BIN");
    if (found.isEmpty() && named.isPresent()) {
      return Finding.bad(
          "claude",
          ExitCode.CLAUDE_MISSING,
          "CLAUDE_BIN=" + named.get() + " is not a program",
          "unset CLAUDE_BIN, or set it to where claude is");
    }
    if (found.isEmpty()) {
      return Finding.bad(
          "claude",
          ExitCode.CLAUDE_MISSING,
          "Claude Code is not on this machine",
          ClaudeBinary.howToInstall());
    }
    Optional<ClaudeBinary.Number3> version = ClaudeBinary.version(found.get());
    if (version.isEmpty()) {
      return Finding.bad(
          "claude",
          ExitCode.CLAUDE_MISSING,
          found.get() + " does not say its version",
          ClaudeBinary.howToInstall());
    }
    if (version.get().compareTo(GOOD_VERSION) < 0) {
      return Finding.warning(
          "claude",
          "Claude Code "
              + version.get()
              + " cannot be woken by a message; "
              + GOOD_VERSION
              + " can",
          "claude update, or claudemesh launch --channels");
    }
    return Finding.good("claude", "Claude Code " + version.get() + " in " + found.get());
  }

  private Finding server(ClaudeFiles files) {
    Optional<String> registered;
    try {
      registered = Installed.server(files);
    } catch (Problem e) {
      return Finding.bad(
          "mcp_server",
          ExitCode.ARGUMENTS,
          e.getMessage(),
          "mend " + files.servers() + " (Claude Code keeps copies in " + files.backups() + ")");
    }
    if (registered.isEmpty()) {
      return Finding.warning(
          "mcp_server",
          "claudemesh is not entered into Claude Code, so its sessions are on no mesh",
          "claudemesh install");
    }
    String command = registered.get();
    boolean there = command.contains("/") ? Files.isExecutable(Path.of(command)) : onPath(command);
    if (!there) {
      return Finding.bad(
          "mcp_server",
          ExitCode.NOT_FOUND,
          "Claude Code is told to start " + command + ", which is not there",
          "claudemesh install");
    }
    boolean ours =
        environment.launcher().filter(launcher -> launcher.toString().equals(command)).isPresent();
    return ours || environment.launcher().isEmpty()
        ? Finding.good("mcp_server", "Claude Code starts " + command)
        : Finding.warning(
            "mcp_server",
            "Claude Code starts another claudemesh: " + command,
            "claudemesh install");
  }

  private boolean onPath(String command) {
    return List.of(environment.variable("PATH").orElse("").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  private static Finding hooks(ClaudeFiles files) {
    try {
      List<String> missing = Installed.missingHooks(files);
      if (missing.isEmpty()) {
        return Finding.good("hooks", "Claude Code's hooks tell what a session does");
      }
      return Finding.warning(
          "hooks",
          "Claude Code has no hook for "
              + String.join(", ", missing)
              + "; others see less of what you do, and messages arrive later",
          "claudemesh install");
    } catch (Problem e) {
      return Finding.bad("hooks", ExitCode.ARGUMENTS, e.getMessage(), "mend " + files.settings());
    }
  }
}
