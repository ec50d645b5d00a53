package dev.claudemesh.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/// Logs of every program here: JSON lines on stderr, because stdout is data. In code rather than
/// XML, which costs a command its start.
///
/// Found by logback itself. Quiet until a program says that it is a server.
public final class Logs extends ContextAwareBase implements Configurator {
  private static final String OURS = "dev.claudemesh";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    LogLine line = new LogLine("broker");
    line.setContext(context);
    line.start();
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setContext(context);
    stderr.setName("stderr");
    stderr.setTarget("System.err");
    stderr.setEncoder(line);
    stderr.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(stderr);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// From now on what our own code finds worth telling is told.
  static void talk() {
    if (LoggerFactory.getLogger(OURS) instanceof Logger ours) {
      ours.setLevel(Level.INFO);
    }
  }
}
