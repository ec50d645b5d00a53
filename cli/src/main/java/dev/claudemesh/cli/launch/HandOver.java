package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.claude.ClaudeBinary;
import dev.claudemesh.cli.flow.Leaving;
import dev.claudemesh.cli.install.ClaudeFiles;
import dev.claudemesh.cli.install.LooseEntry;
import dev.claudemesh.cli.terminal.Stty;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Gives the terminal, and a config folder of its own, to Claude Code until that ends.
final class HandOver {
  /// Programs that a signal ended tell a code above this one.
  private static final int SIGNALLED = 128;

  private final Context context;
  private final Path claude;
  private final boolean showedScreens;

  /// @param showedScreens whether the terminal was drawn on, and is to be empty for claude
  HandOver(Context context, Path claude, boolean showedScreens) {
    this.context = context;
    this.claude = claude;
    this.showedScreens = showedScreens;
  }

  /// What is started.
  ///
  /// @param config with the settings of this session
  /// @param sessionId where it is known
  /// @param allow of the member's permissions, those the session has
  record Start(
      Config config,
      Membership mesh,
      LaunchSession session,
      Optional<String> sessionId,
      Optional<String> allow,
      boolean channels,
      Optional<String> systemPrompt,
      List<String> rest) {}

  /// @return how claude ended
  int run(Start start) throws IOException, InterruptedException {
    try (LaunchFolder folder =
        LaunchFolder.make(context.folder(), context.config(), start.config(), start.mesh())) {
      LooseEntry loose =
          LooseEntry.write(
              folder.path(),
              ClaudeFiles.of(context.environment()),
              context.environment().launcher());
      LaunchSession.Wishes wishes = start.session().wishes();
      boolean isNew = !wishes.continues() && wishes.resumes().isEmpty();
      LaunchPlan plan =
          new LaunchPlan(
              isNew ? start.sessionId() : Optional.empty(),
              wishes.resumes(),
              wishes.continues(),
              wishes.skipsPermissions(),
              start.channels() && !hasInbox(claude),
              start.systemPrompt(),
              loose.servers().map(Path::toString),
              loose.settings().map(Path::toString),
              start.rest());
      return run(plan, environment(folder, start), folder);
    }
  }

  private static boolean hasInbox(Path claude) {
    return ClaudeBinary.version(claude)
        .filter(version -> version.compareTo(ClaudeBinary.WITH_INBOX) >= 0)
        .isPresent();
  }

  private Map<String, String> environment(LaunchFolder folder, Start start) {
    Map<String, String> added = new TreeMap<>();
    added.put("CLAUDEMESH_CONFIG_DIR", folder.path().toString());
    added.put("CLAUDEMESH_DISPLAY_NAME", start.session().name().orElseThrow());
    start.sessionId().ifPresent(id -> added.put("CLAUDEMESH_SESSION_ID", id));
    start
        .session()
        .role()
        .filter(role -> !role.isEmpty())
        .ifPresent(role -> added.put("CLAUDEMESH_ROLE", role));
    start.allow().ifPresent(list -> added.put(HelloDetails.PERMISSIONS, LaunchPlan.allowed(list)));
    Map<String, String> own = context.environment().variables();
    added.put("MCP_TIMEOUT", own.getOrDefault("MCP_TIMEOUT", "30000"));
    added.put("MAX_MCP_OUTPUT_TOKENS", own.getOrDefault("MAX_MCP_OUTPUT_TOKENS", "50000"));
    return added;
  }

  /// Runs it in this terminal. Whoever ends us ends it too, and what we made is removed either way.
  private int run(LaunchPlan plan, Map<String, String> environment, LaunchFolder folder)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(claude.toString()));
    command.addAll(plan.arguments());
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(context.environment().folder().toFile()).inheritIO();
    builder.environment().putAll(environment);
    Optional<String> settings = Optional.empty();
    if (context.terminal().drawsScreens()) {
      settings = Stty.settings();
      Leaving.handOver(context.terminal().out(), showedScreens);
    }
    Process process = started(builder);
    Thread onSignal =
        Thread.ofPlatform().name("claudemesh-stop").unstarted(() -> stop(process, folder));
    Runtime.getRuntime().addShutdownHook(onSignal);
    int exit = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(onSignal);
    if (exit > SIGNALLED && context.terminal().drawsScreens()) {
      Leaving.afterCrash(context.terminal().out(), settings);
    }
    return exit;
  }

  private static Process started(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.CLAUDE_MISSING,
          "Claude Code cannot be started (" + e.getMessage() + "). " + ClaudeBinary.howToInstall());
    }
  }

  private static void stop(Process process, LaunchFolder folder) {
    process.destroy();
    try {
      process.waitFor();
      folder.close();
    } catch (IOException e) {
      // The next launch removes the folder of a process that is gone.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
