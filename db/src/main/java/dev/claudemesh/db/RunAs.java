package dev.claudemesh.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// As whom, and under which conditions, the server's processes run: the words to put before a
/// command.
///
/// PostgreSQL refuses to run as root. Started by root, it runs as `nobody` (or as whoever owns the
/// data already). Where that user cannot pass through a folder above the data, such as root's own
/// home, the processes get one capability for it and no other: reading, or where a container
/// withholds that, passing by all file permissions.
///
/// @param prefix words before every command
/// @param untilWeEnd words before a command that must stop when the thread that started it ends,
///   thus when our process dies
/// @param uid owner of the data folder; empty when that is simply us
record RunAs(List<String> prefix, List<String> untilWeEnd, Optional<Integer> uid) {

  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final List<String> CAPABILITIES = List.of("", "dac_read_search", "dac_override");

  /// True if this process is root, so that the server must be somebody else.
  static boolean weAreRoot() {
    return Command.run(List.of("id", "-u"), SHORT).output().equals("0");
  }

  /// Finds the first way in which the server's programs start and reach `folder`. Fails with what
  /// the last attempt said.
  static RunAs choose(PostgresFolder folder, PostgresBinaries binaries) {
    if (!weAreRoot()) {
      return checked(
          new RunAs(List.of(), untilWeEnd(List.of()), Optional.empty()), folder, binaries);
    }
    if (!Command.run(List.of("setpriv", "--version"), SHORT).ok()) {
      throw new EmbeddedPostgresException(
          "PostgreSQL does not run as root, and the program setpriv (package util-linux), which"
              + " lets it run as another user, is missing. Install it, start as an ordinary user,"
              + " or set DATABASE_URL.");
    }
    Owner owner = owner(folder);
    EmbeddedPostgresException last = null;
    for (String capability : CAPABILITIES) {
      List<String> setpriv = setpriv(owner, capability);
      List<String> prefix = new ArrayList<>(setpriv);
      prefix.add("--");
      try {
        return checked(
            new RunAs(prefix, untilWeEnd(setpriv), Optional.of(owner.uid())), folder, binaries);
      } catch (EmbeddedPostgresException e) {
        last = e;
      }
    }
    throw last;
  }

  private static RunAs checked(RunAs candidate, PostgresFolder folder, PostgresBinaries binaries) {
    List<String> check = new ArrayList<>(candidate.prefix);
    String script = "cd -- \"$1\" && exec \"$2\" --version";
    check.addAll(
        List.of(
            "sh", "-c", script, "sh", folder.root().toString(), binaries.postgres().toString()));
    Command.Result result = Command.run(check, SHORT);
    if (!result.ok()) {
      throw new EmbeddedPostgresException(
          "PostgreSQL cannot start in "
              + folder.root()
              + ": "
              + result.output()
              + ". Choose a data folder that an ordinary user can reach, or set DATABASE_URL.");
    }
    return candidate;
  }

  /// The version line of the server program, as the chosen user sees it.
  String version(PostgresBinaries binaries) {
    return Command.run(with(prefix, List.of(binaries.postgres().toString(), "--version")), SHORT)
        .output();
  }

  List<String> command(List<String> command) {
    return with(prefix, command);
  }

  List<String> commandUntilWeEnd(List<String> command) {
    return with(untilWeEnd, command);
  }

  /// Gives a file or folder to the user that the server runs as.
  void own(Path path) throws IOException {
    if (uid.isPresent()) {
      Files.setAttribute(path, "unix:uid", uid.get());
    }
  }

  private static List<String> with(List<String> prefix, List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return List.copyOf(all);
  }

  private record Owner(int uid, int gid) {}

  private static Owner owner(PostgresFolder folder) {
    try {
      if (Files.exists(folder.cluster())) {
        int uid = (Integer) Files.getAttribute(folder.cluster(), "unix:uid");
        if (uid != 0) {
          return new Owner(uid, (Integer) Files.getAttribute(folder.cluster(), "unix:gid"));
        }
      }
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The owner of " + folder.cluster() + " cannot be read: " + e.getMessage(), e);
    }
    return new Owner(id("-u"), id("-g"));
  }

  private static int id(String option) {
    Command.Result result = Command.run(List.of("id", option, "nobody"), SHORT);
    try {
      return Integer.parseInt(result.output());
    } catch (NumberFormatException e) {
      throw new EmbeddedPostgresException(
          "PostgreSQL does not run as root, and this machine has no user nobody to run it as. Start"
              + " as an ordinary user, or set DATABASE_URL.",
          e);
    }
  }

  private static List<String> setpriv(Owner owner, String capability) {
    List<String> words =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + owner.uid, "--regid=" + owner.gid, "--clear-groups"));
    words.add("--no-new-privs");
    if (!capability.isEmpty()) {
      String only = "=-all,+" + capability;
      // Without the secure bit, access(2) would not count the capability, and PostgreSQL asks it
      // about its own program.
      words.addAll(
          List.of(
              "--securebits=+no_setuid_fixup",
              "--inh-caps" + only,
              "--ambient-caps" + only,
              "--bounding-set" + only));
    }
    return words;
  }

  /// A session of its own keeps the terminal's Ctrl-C from stopping the database before the broker
  /// has finished.
  private static List<String> untilWeEnd(List<String> setpriv) {
    List<String> words = new ArrayList<>();
    if (Command.run(List.of("setsid", "--version"), SHORT).ok()) {
      words.add("setsid");
    }
    if (Command.run(List.of("setpriv", "--pdeathsig=INT", "--", "true"), SHORT).ok()) {
      words.addAll(setpriv.isEmpty() ? List.of("setpriv") : setpriv);
      words.addAll(List.of("--pdeathsig=INT", "--"));
    } else if (!setpriv.isEmpty()) {
      words.addAll(setpriv);
      words.add("--");
    }
    return words;
  }
}
