package dev.claudemesh.cli.sql;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Sheet;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.sql.SqlReply;
import dev.claudemesh.protocol.sql.SqlRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs a statement in the mesh's own database and prints what it found.
@Does(Effect.WRITE)
@Command(
    name = "sql",
    description = "Run SQL in the mesh's own PostgreSQL database: reads, unless --write is given.",
    footer = {
      "",
      "Examples: claudemesh sql \"select * from bug where open\"",
      "          claudemesh sql --write \"create table bug (id int, title text, open boolean)\"",
      "          claudemesh sql --write - < fill.sql"
    })
public final class SqlCommand extends MeshCommand {
  private static final int LONGEST = 50_000;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<statement|->",
      description = "What to run; standard input if it is - or absent.")
  private String statement = "-";

  @Option(
      names = {"-w", "--write"},
      description = "Let it change tables and rows; several statements stand and fall together.")
  private boolean write;

  @Option(names = "--schema", description = "List the tables with their columns instead.")
  private boolean schema;

  @Option(
      names = "--limit",
      paramLabel = "<rows>",
      description = "Most rows to print, 1,000 at most.")
  private Optional<Integer> limit = Optional.empty();

  public SqlCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() throws IOException {
    SqlRequest<?> request = request();
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      return shown(link.ask(request), member);
    }
  }

  private SqlRequest<?> request() throws IOException {
    if (schema) {
      return new SqlRequest.Schema();
    }
    return write ? new SqlRequest.Execute(text()) : new SqlRequest.Query(text(), limit);
  }

  private String text() throws IOException {
    String text = statement;
    if (text.equals("-")) {
      InputStream in = context.environment().in();
      text = new String(in.readNBytes(4 * LONGEST), StandardCharsets.UTF_8);
    }
    if (text.isBlank()) {
      throw new Problem(ProblemCode.INVALID_ARGUMENT, "There is no statement to run");
    }
    return text;
  }

  private Answer shown(Reply reply, Membership member) {
    Answer answer = Answer.of(reply);
    if (reply instanceof SqlReply.Result result && result.columns().isEmpty()) {
      long rows = result.rowCount();
      return answer
          .line("Done; " + rows + (rows == 1 ? " row" : " rows"))
          .next("claudemesh sql --schema" + meshFlag(member));
    }
    Sheet sheet = Sheet.of(reply);
    if (sheet.rows().isEmpty()) {
      answer.line(schema ? "No tables." : "No rows.");
    } else {
      Table table = Table.of(sheet.headings().toArray(String[]::new));
      sheet
          .rows()
          .forEach(row -> table.row(row.stream().map(Sheet.Cell::text).toArray(String[]::new)));
      answer.table(table);
    }
    return sheet.facts().containsKey("truncated")
        ? answer.remark("  There is more; ask for less with where, limit and offset.")
        : answer;
  }
}
