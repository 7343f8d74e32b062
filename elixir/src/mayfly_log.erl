%% A handler of Erlang's logger, which Elixir's Logger is built on: each event goes to the bootstrap with its
%% level and request id, in place of the lines a console handler would write.
-module(mayfly_log).
-export([install/0, replace_console/0, apply_level/0]).
-export([log/2]).

-define(HANDLER, mayfly).

%% Before the applications start, so that their first words arrive too.
-spec install() -> ok.
install() ->
    _ = [logger:remove_handler(Handler) || Handler <- [default, simple]],
    ok = logger:add_handler(?HANDLER, ?MODULE, #{config => #{}, filter_default => log, filters => [
        {progress, {fun logger_filters:progress/2, stop}}
    ]}).

%% Once Elixir's Logger has started: its console output would be a second one.
-spec replace_console() -> ok.
replace_console() ->
    _ = logger:remove_handler(default),
    Config = case lists:member('Elixir.Logger', logger:get_handler_ids()) of
        true -> replace_backend();
        false -> #{}
    end,
    ok = logger:set_handler_config(?HANDLER, config, Config#{metadata => metadata_keys()}).

%% Before Elixir 1.15 Logger is a handler with backends, and puts OTP's reports into words itself.
replace_backend() ->
    case application:get_env(logger, backends, [console]) -- [console] of
        [] -> logger:remove_handler('Elixir.Logger');
        _ -> 'Elixir.Logger':remove_backend(console)
    end,
    #{
        translators => application:get_env(logger, translators, []),
        sasl => application:get_env(logger, handle_sasl_reports, false)
    }.

%% The metadata that the project wants to see: config :logger, :console or :default_formatter.
metadata_keys() ->
    Settings = application:get_env(logger, default_formatter, []) ++ application:get_env(logger, console, []),
    proplists:get_value(metadata, Settings, []).

%% LOGLEVEL, or AWS's own variable, is stronger than the project's configuration.
-spec apply_level() -> ok.
apply_level() ->
    case level(os:getenv("LOGLEVEL")) of
        none ->
            case level(os:getenv("AWS_LAMBDA_LOG_LEVEL")) of
                none -> ok;
                Level -> logger:set_primary_config(level, Level)
            end;
        Level -> logger:set_primary_config(level, Level)
    end.

level(false) -> none;
level(Text) ->
    case [lowercase(Char) || Char <- Text, Char > $\s] of
        "trace" -> all;
        "debug" -> debug;
        "info" -> info;
        "warn" -> warning;
        "error" -> error;
        "fatal" -> critical;
        _ -> none
    end.

%% `string` would load the tables of all of Unicode.
lowercase(Char) when Char >= $A, Char =< $Z -> Char + 32;
lowercase(Char) -> Char.

%% Called in the process that logs.
log(#{meta := #{domain := [otp, sasl | _]}}, #{config := #{sasl := false}}) -> ok;
log(#{meta := #{domain := [supervisor_report | _]}}, #{config := #{sasl := false}}) -> ok;
log(#{level := Level, msg := Message, meta := Meta}, #{config := Config}) ->
    try text(Level, Message, Meta, Config) of
        skip -> ok;
        Text ->
            Prefix = metadata(maps:get(metadata, Config, []), Meta),
            mayfly_agent:log(number(Level), mayfly_invocations:id(), without_break(valid([Prefix, Text])))
    catch
        Class:Reason ->
            mayfly_agent:log(number(Level), mayfly_invocations:id(), valid([
                "A log event that can't be shown: ", io_lib:format("~0tp (~p: ~0tp)", [Message, Class, Reason])
            ]))
    end.

text(_, {string, Text}, _, _) -> Text;
text(Level, Message, Meta, #{translators := Translators}) ->
    case translate(Translators, minimum(), elixir_level(Level), Message) of
        {ok, Text} -> Text;
        skip -> skip;
        none -> plain(Message, Meta)
    end;
text(_, Message, Meta, _) -> plain(Message, Meta).

translate(Translators, Minimum, Level, {report, #{label := Label, report := Report} = Whole}) when map_size(Whole) =:= 2 ->
    translate(Translators, [Minimum, Level, report, {Label, Report}]);
translate(Translators, Minimum, Level, {report, #{label := {error_logger, _}, format := Format, args := Args}}) ->
    translate(Translators, [Minimum, Level, format, {Format, Args}]);
translate(Translators, Minimum, Level, {report, Report}) ->
    translate(Translators, [Minimum, Level, report, {logger, Report}]);
translate(Translators, Minimum, Level, {Format, Args}) ->
    translate(Translators, [Minimum, Level, format, {Format, Args}]).

translate([], _) -> none;
translate([{Module, Function} | Rest], Args) ->
    case apply(Module, Function, Args) of
        {ok, Text, _} -> {ok, Text};
        {ok, Text} -> {ok, Text};
        skip -> skip;
        none -> translate(Rest, Args)
    end.

plain({report, Report}, #{report_cb := Show}) when is_function(Show, 1) ->
    {Format, Args} = Show(Report),
    io_lib:format(Format, Args);
plain({report, Report}, #{report_cb := Show}) when is_function(Show, 2) ->
    Show(Report, #{depth => unlimited, chars_limit => unlimited, single_line => false});
plain({report, Report}, _) when is_map(Report) -> 'Elixir.Kernel':inspect(maps:to_list(Report));
plain({report, Report}, _) -> 'Elixir.Kernel':inspect(Report);
plain({Format, Args}, _) -> io_lib:format(Format, Args).

metadata([], _) -> [];
metadata(all, Meta) ->
    metadata([Key || Key <- maps:keys(Meta), not lists:member(Key, [pid, gl, time, mfa, file, line, domain, report_cb])], Meta);
metadata(Keys, Meta) ->
    [[atom_to_binary(Key, utf8), "=", shown(maps:get(Key, Meta)), " "] || Key <- Keys, is_map_key(Key, Meta)].

shown(Value) when is_binary(Value) -> Value;
shown(Value) when is_atom(Value); is_number(Value) -> 'Elixir.String.Chars':to_string(Value);
shown(Value) -> 'Elixir.Kernel':inspect(Value).

%% OTP ends some of its messages with one, and a log event ends by itself.
without_break(Text) ->
    Size = byte_size(Text) - 1,
    case Text of
        <<Line:Size/binary, $\n>> -> without_break(Line);
        _ -> Text
    end.

valid(Text) ->
    case unicode:characters_to_binary(Text) of
        Binary when is_binary(Binary) -> Binary;
        _ -> unicode:characters_to_binary(iolist_to_binary(Text), latin1)
    end.

minimum() ->
    #{level := Level} = logger:get_primary_config(),
    elixir_level(Level).

elixir_level(all) -> debug;
elixir_level(debug) -> debug;
elixir_level(info) -> info;
elixir_level(notice) -> info;
elixir_level(warning) -> warn;
elixir_level(_) -> error.

number(debug) -> 1;
number(info) -> 2;
number(notice) -> 2;
number(warning) -> 3;
number(error) -> 4;
number(_) -> 5.
