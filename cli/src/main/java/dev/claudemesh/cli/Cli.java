package dev.claudemesh.cli;

import dev.claudemesh.cli.account.LoginCommand;
import dev.claudemesh.cli.account.LogoutCommand;
import dev.claudemesh.cli.account.PasswordCommand;
import dev.claudemesh.cli.account.RegisterCommand;
import dev.claudemesh.cli.account.SyncCommand;
import dev.claudemesh.cli.account.TokenCommands;
import dev.claudemesh.cli.approvals.ApproveCommand;
import dev.claudemesh.cli.audit.AuditExportCommand;
import dev.claudemesh.cli.audit.AuditListCommand;
import dev.claudemesh.cli.audit.AuditVerifyCommand;
import dev.claudemesh.cli.backup.BackupCommand;
import dev.claudemesh.cli.backup.RestoreCommand;
import dev.claudemesh.cli.broker.BrokerCommand;
import dev.claudemesh.cli.claims.ClaimsAddCommand;
import dev.claudemesh.cli.claims.ClaimsListCommand;
import dev.claudemesh.cli.claims.ClaimsReleaseCommand;
import dev.claudemesh.cli.claude.HookCommand;
import dev.claudemesh.cli.claude.McpCommand;
import dev.claudemesh.cli.claude.StatusLineCommand;
import dev.claudemesh.cli.demo.DemoCommand;
import dev.claudemesh.cli.doctor.DoctorCommand;
import dev.claudemesh.cli.install.InstallCommand;
import dev.claudemesh.cli.install.UninstallCommand;
import dev.claudemesh.cli.install.UrlHandlerCommand;
import dev.claudemesh.cli.launch.LaunchCommand;
import dev.claudemesh.cli.memory.RecallCommand;
import dev.claudemesh.cli.mesh.CreateCommand;
import dev.claudemesh.cli.mesh.DeleteCommand;
import dev.claudemesh.cli.mesh.GrantCommands;
import dev.claudemesh.cli.mesh.InboxCommand;
import dev.claudemesh.cli.mesh.InfoCommand;
import dev.claudemesh.cli.mesh.InviteCommand;
import dev.claudemesh.cli.mesh.JoinCommand;
import dev.claudemesh.cli.mesh.LeaveCommand;
import dev.claudemesh.cli.mesh.ListCommand;
import dev.claudemesh.cli.mesh.MembersCommand;
import dev.claudemesh.cli.mesh.ModerationCommands;
import dev.claudemesh.cli.mesh.PeersCommand;
import dev.claudemesh.cli.mesh.PermissionsCommand;
import dev.claudemesh.cli.mesh.ProfileCommand;
import dev.claudemesh.cli.mesh.RenameCommand;
import dev.claudemesh.cli.mesh.SendCommand;
import dev.claudemesh.cli.mesh.StatusCommand;
import dev.claudemesh.cli.mesh.VerifyCommand;
import dev.claudemesh.cli.mesh.WhoamiCommand;
import dev.claudemesh.cli.policy.Gate;
import dev.claudemesh.cli.policy.PolicyCommand;
import dev.claudemesh.cli.schedule.RemindCommand;
import dev.claudemesh.cli.skills.SkillGetCommand;
import dev.claudemesh.cli.skills.SkillShareCommand;
import dev.claudemesh.cli.sql.SqlCommand;
import dev.claudemesh.cli.state.StateGetCommand;
import dev.claudemesh.cli.streams.StreamTailCommand;
import dev.claudemesh.cli.terminal.Language;
import dev.claudemesh.cli.upgrade.UpgradeCommand;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Option;

/// The command tree. What each group holds is said here and nowhere else.
public final class Cli {
  private static final int WIDEST_HELP = 100;

  /// The groups of the help page, in its order.
  static final Map<String, List<Word>> GROUPS = groups();

  private Cli() {}

  private static List<Word> share() {
    return List.of(
        new Word.Family(
            "state", "Values by key that everybody on the mesh shares.", StateGetCommand.class),
        new Word.Family("task", "Things to be done, on the board of the mesh."),
        new Word.Written(RemindCommand.class),
        new Word.Family("clock", "A simulated time that the mesh shares, and its ticks."),
        new Word.Family(
            "skill",
            "Instructions that sessions share with each other.",
            SkillShareCommand.class,
            SkillGetCommand.class),
        new Word.Family(
            "stream", "Live data: publish it, and listen to it.", StreamTailCommand.class),
        new Word.Family(
            "claims",
            "Who is editing which files.",
            ClaimsListCommand.class,
            ClaimsAddCommand.class,
            ClaimsReleaseCommand.class),
        new Word.Written(SqlCommand.class),
        new Word.Made("remember"),
        new Word.Written(RecallCommand.class),
        new Word.Made("forget"),
        new Word.Family("context", "What others on the mesh work on, and what you do."));
  }

  private static List<Word> members() {
    List<Word> words =
        new ArrayList<>(
            Word.written(
                MembersCommand.class,
                WhoamiCommand.class,
                ProfileCommand.class,
                VerifyCommand.class,
                PermissionsCommand.class,
                GrantCommands.Show.class,
                GrantCommands.Grant.class,
                GrantCommands.Revoke.class,
                GrantCommands.Block.class,
                ApproveCommand.class,
                ModerationCommands.Kick.class,
                ModerationCommands.Ban.class,
                ModerationCommands.Unban.class));
    words.add(
        new Word.Family(
            "audit",
            "What was changed on the mesh, by whom, and whether that still stands.",
            AuditListCommand.class,
            AuditVerifyCommand.class,
            AuditExportCommand.class));
    return words;
  }

  private static List<Word> account() {
    List<Word> words =
        new ArrayList<>(
            Word.written(
                LoginCommand.class,
                RegisterCommand.class,
                LogoutCommand.class,
                PasswordCommand.class,
                SyncCommand.class));
    words.add(
        new Word.Family(
            "token",
            "Personal access tokens of your account, and where you are signed in.",
            TokenCommands.Show.class,
            TokenCommands.Create.class,
            TokenCommands.Revoke.class));
    return words;
  }

  private static Map<String, List<Word>> groups() {
    Map<String, List<Word>> groups = new LinkedHashMap<>();
    groups.put(
        "Talk",
        Word.written(
            PeersCommand.class, SendCommand.class, InboxCommand.class, StatusCommand.class));
    groups.put("Share", share());
    groups.put(
        "Meshes",
        Word.written(
            CreateCommand.class,
            InviteCommand.class,
            JoinCommand.class,
            ListCommand.class,
            InfoCommand.class,
            RenameCommand.class,
            LeaveCommand.class,
            DeleteCommand.class));
    groups.put("Members", members());
    groups.put("Account", account());
    groups.put(
        "Claude Code",
        Word.written(
            InstallCommand.class,
            UninstallCommand.class,
            LaunchCommand.class,
            McpCommand.class,
            StatusLineCommand.class,
            HookCommand.class));
    groups.put(
        "This machine",
        Word.written(
            DemoCommand.class,
            BrokerCommand.class,
            DoctorCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            PolicyCommand.class,
            UpgradeCommand.class,
            CompletionsCommand.class,
            UrlHandlerCommand.class,
            HelpCommand.class));
    return groups;
  }

  /// The program without a command: says what there is.
  @Command(
      name = "claudemesh",
      description =
          "A private mesh for Claude Code sessions: they see each other, and talk end to end"
              + " encrypted.",
      synopsisSubcommandLabel = "<command>",
      versionProvider = Version.class)
  static final class Root extends CliCommand {
    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "Tell the version.")
    private boolean version;

    Root(Context context) {
      super(context);
    }

    @Override
    public Integer call() {
      tree(context).usage(context.terminal().err());
      context.terminal().next(Welcome.next(context));
      return ExitCode.ARGUMENTS.number();
    }

    @Override
    protected Answer answer() {
      throw new IllegalStateException("The program itself answers nothing");
    }
  }

  /// Runs one command line.
  ///
  /// @return the exit code
  public static int run(Context context, String... arguments) {
    String[] meant = Bare.meant(context, factory(context), arguments);
    return tree(context, meant).execute(meant);
  }

  /// The whole tree, or, where the arguments begin with a command, that one alone: reading what
  /// thirty commands take is most of a start.
  public static CommandLine tree(Context context, String... arguments) {
    IFactory factory = factory(context);
    Language language = context.terminal().language();
    CommandLine tree = new CommandLine(new Root(context), factory);
    words(arguments).forEach(word -> tree.addSubcommand(word.command(context, factory)));
    EveryCommand.options(tree, context);
    Failures failures = new Failures(context.terminal(), () -> Bare.flags(factory));
    tree.setExecutionStrategy(new Gate(context))
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setHelpFactory((spec, colours) -> {
          // Asked when help is written, as the window has to be measured for it.
          spec.usageMessage().width(Math.clamp(context.terminal().width(), 55, WIDEST_HELP));
          return new CommandLine.Help(spec, colours);
        })
        .setOut(new java.io.PrintWriter(context.terminal().out(), true))
        .setErr(new java.io.PrintWriter(context.terminal().err(), true))
        .setColorScheme(GroupedHelp.colours(context.terminal()))
        .setHelpSectionKeys(GroupedHelp.SECTIONS);
    tree.getHelpSectionMap()
        .put(
            CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
            new GroupedHelp(GROUPS, language));
    GroupedHelp.sections(tree, language);
    if (language != Language.ENGLISH) {
      SpokenHelp.translate(tree, language);
    }
    return tree;
  }

  private static List<Word> words(String... arguments) {
    List<Word> all = GROUPS.values().stream().flatMap(List::stream).toList();
    return all.stream()
        .filter(word -> arguments.length > 0 && word.names().contains(arguments[0]))
        .findFirst()
        .map(List::of)
        .orElse(all);
  }

  private static IFactory factory(Context context) {
    return new IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        if (!CliCommand.class.isAssignableFrom(type)) {
          return CommandLine.defaultFactory().create(type);
        }
        try {
          return type.getConstructor(Context.class).newInstance(context);
        } catch (InvocationTargetException e) {
          throw new IllegalStateException(type + " cannot be made", e.getCause());
        }
      }
    };
  }
}
