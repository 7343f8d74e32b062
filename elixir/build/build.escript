#!/usr/bin/env escript
%%! -noinput +sbwt none
%% Compiles the agent and the build's own modules with the Erlang that runs this, then assembles the package:
%%   escript build.escript AGENT_SOURCES WORK RELEASE OUT COMPILED ROOT
%% WORK takes the compiled modules; for the rest see mayfly_release:main/1. Prints one JSON object.
-mode(compile).

main([Sources, Work | Rest]) ->
    Here = filename:dirname(filename:absname(escript:script_name())),
    Agent = filename:join(Work, "agent"),
    Tools = filename:join(Work, "tools"),
    compile(filelib:wildcard(filename:join(Sources, "*.erl")), Agent),
    compile(filelib:wildcard(filename:join(Here, "*.erl")), Tools),
    code:add_pathsa([Agent, Tools]),
    io:setopts([{encoding, unicode}]),
    Result =
        try mayfly_release:main([Agent, Tools | Rest])
        catch throw:{problem, Kind, Text} ->
            #{<<"problem">> => Kind, <<"details">> => unicode:characters_to_binary(Text)}
        end,
    io:put_chars([mayfly_json:encode(Result), $\n]).

compile(Files, Folder) ->
    ok = filelib:ensure_path(Folder),
    Parent = self(),
    %% Without debug information and paths: the same bytes wherever it is compiled.
    Options = [deterministic, report_errors, {outdir, Folder}],
    Jobs = [spawn_link(fun() -> Parent ! {self(), compile:file(File, Options)} end) || File <- Files],
    [receive {Job, {ok, _}} -> ok; {Job, error} -> halt(1) end || Job <- Jobs].
