%% Starts the package once, without the project's applications, serves one invocation and learns which modules
%% that took.
-module(mayfly_profile).
-export([run/2]).

-define(PATIENCE, 30000).

-spec run(file:filename(), map()) -> [module()].
run(Out, #{<<"command">> := Command, <<"args">> := Args, <<"env">> := Environment}) ->
    Root = unicode:characters_to_binary(filename:absname(Out)),
    Fill = fun(Text) -> unicode:characters_to_list(string:replace(Text, "$ROOT", Root, all)) end,
    Port = open_port({spawn_executable, "/bin/sh"}, [
        binary, {packet, 4}, exit_status,
        %% The pipe of this port becomes what descriptors 3 and 4 are on Lambda.
        {args, ["-c", "exec \"$@\" 3<&0 4>&1 0</dev/null 1>&2", "sh", filename:join(Out, Command) | [Fill(One) || One <- Args]]},
        {env, [{"_HANDLER", "Elixir.MayflyProfile.handle"}, {"LOGLEVEL", false}, {"LC_ALL", "C.UTF-8"} |
               [{binary_to_list(Name), Fill(Value)} || {Name, Value} <- maps:to_list(Environment)]]}
    ]),
    ready(Port).

ready(Port) ->
    receive
        {Port, {data, <<"R">>}} ->
            Event = <<"{\"list\":[1,2.5,true,null,\"a\\n\"]}">>,
            Context = <<"{\"requestId\":\"profile\"}">>,
            port_command(Port, [<<$I, 7, "profile", 0:64, (byte_size(Context)):32>>, Context, Event]),
            ready(Port);
        {Port, {data, <<$L, _/binary>>}} -> ready(Port);
        {Port, {data, <<$O, 7, "profile", Json/binary>>}} ->
            port_close(Port),
            {ok, Names} = mayfly_json:decode(Json),
            [binary_to_atom(Name, utf8) || Name <- Names];
        {Port, {data, <<_, Frame/binary>>}} -> failed(Frame);
        {Port, {exit_status, Status}} -> failed(["status ", integer_to_list(Status)])
    after ?PATIENCE -> failed("no answer")
    end.

failed(Why) ->
    throw({problem, <<"no-start">>, Why}).
