package dev.claudemesh.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Which claudemesh this is.
public final class Version implements IVersionProvider {
  /// How it is asked for. Whoever asks just this is answered without reading what else there is.
  static final List<String> OPTIONS = List.of("-V", "--version");

  static String line() {
    return "claudemesh " + number();
  }

  /// As the build wrote it.
  public static String number() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {line()};
  }
}
