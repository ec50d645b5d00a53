package dev.claudemesh.cli.doctor;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The config folder: its mode, its JSON, its keys. Changes nothing.
final class ConfigChecks {
  private static final int JAVA = 25;

  private final Path folder;

  ConfigChecks(Context context) {
    this.folder = context.folder().path();
  }

  /// Which Java runs this.
  static Finding java(Runtime.Version version, String home) {
    if (version.feature() < JAVA) {
      return Finding.bad(
          "java",
          ExitCode.INTERNAL,
          "Java " + version.feature() + " runs claudemesh, which needs " + JAVA,
          "install a JDK 25, or set JAVA_HOME to one");
    }
    return Finding.good("java", "Java " + version + " in " + home);
  }

  /// The findings about the folder and its file.
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      findings.add(
          Finding.warning(
              "config_folder",
              folder + " is not there yet",
              "claudemesh create <name>, or claudemesh join <link>"));
      return findings;
    }
    findings.add(mode("config_folder", folder));
    Path file = folder.resolve("config.json");
    if (Files.exists(file)) {
      findings.add(mode("config_mode", file));
    }
    config()
        .ifPresentOrElse(
            config -> findings.addAll(contents(config)), () -> findings.add(unreadable(file)));
    return findings;
  }

  /// The config, if it can be read.
  Optional<Config> config() {
    Path file = folder.resolve("config.json");
    try {
      return Optional.of(
          Files.exists(file)
              ? Config.parse(Files.readString(file), file.toString())
              : Config.empty());
    } catch (IOException | Problem e) {
      return Optional.empty();
    }
  }

  private Finding mode(String check, Path path) {
    try {
      Optional<String> wide = PrivateFiles.tooWide(path);
      if (wide.isPresent()) {
        return Finding.bad(
            check,
            ExitCode.PERMISSION,
            path + " can be reached by others (" + wide.get() + "), and holds your keys",
            "chmod go= '" + path + "'");
      }
      if (!Files.isWritable(path)) {
        return Finding.bad(
            check,
            ExitCode.PERMISSION,
            path + " cannot be written by you",
            "chown \"$USER\" '" + path + "'");
      }
      return Finding.good(check, path + " is yours alone");
    } catch (IOException e) {
      return Finding.bad(
          check,
          ExitCode.PERMISSION,
          path + " cannot be looked at",
          "check whom " + path + " belongs to");
    }
  }

  private static Finding unreadable(Path file) {
    try {
      Config.parse(Files.readString(file), file.toString());
      return Finding.good("config", file + " is valid");
    } catch (Problem e) {
      return Finding.bad(
          "config",
          ExitCode.ARGUMENTS,
          e.getMessage(),
          "mend the file by hand, or: mv '" + file + "' '" + file + ".broken'");
    } catch (IOException e) {
      return Finding.bad(
          "config", ExitCode.PERMISSION, file + " cannot be read", "check whom it belongs to");
    }
  }

  private List<Finding> contents(Config config) {
    List<Finding> findings = new ArrayList<>();
    List<Membership> members = config.memberships();
    config
        .faults()
        .forEach(fault ->
            findings.add(
                Finding.bad(
                    "membership",
                    ExitCode.ARGUMENTS,
                    fault,
                    "take the entry out of config.json and join the mesh again")));
    if (members.isEmpty()) {
      findings.add(
          Finding.warning(
              "config",
              "You are in no mesh yet",
              "claudemesh create <name>, or claudemesh join <link>"));
      return findings;
    }
    findings.add(
        Finding.good(
            "config",
            members.size() == 1
                ? "You are in one mesh"
                : "You are in " + members.size() + " meshes"));
    members.forEach(member -> findings.add(key(member)));
    return findings;
  }

  /// A secret key whose halves do not belong together signs what nobody can verify.
  private static Finding key(Membership member) {
    String canonical = "doctor|" + member.meshId();
    boolean fits =
        Keys.verify(member.key().publicKey(), canonical, Keys.sign(member.key(), canonical));
    return fits
        ? Finding.good("key", member.slug() + ": your key is whole")
        : Finding.bad(
            "key",
            ExitCode.AUTH,
            member.slug() + ": your secret key is damaged; its two halves do not belong together",
            "claudemesh leave " + member.slug() + " --local, then claudemesh join <link>");
  }
}
