@echo off
rem claudemesh: finds a JDK 25, builds on first use, then starts the program. The same as the script beside it, for Windows.
setlocal EnableExtensions
set "ROOT=%~dp0"
set "JDK="
rem A release: claudemesh-<version>\bin, with a Java of its own.
if not exist "%ROOT%pom.xml" if exist "%ROOT%..\lib\claudemesh.jar" set "ROOT=%~dp0..\"
set "LIB=%ROOT%cli\target\dist\lib"
if exist "%ROOT%lib\claudemesh.jar" set "LIB=%ROOT%lib"
if exist "%ROOT%runtime\bin\java.exe" set "JDK=%ROOT%runtime"
if not defined JDK if defined CLAUDEMESH_JAVA call :try "%CLAUDEMESH_JAVA%"
if not defined JDK if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined JDK for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\jdk-25*" "%ProgramFiles%\Java\jdk-25*" "%ProgramFiles%\Microsoft\jdk-25*" "%USERPROFILE%\.jdks\*25*") do if not defined JDK call :try "%%~d"
if not defined JDK (
  echo claudemesh needs a JDK 25 and found none. Install one, for example: winget install EclipseAdoptium.Temurin.25.JDK 1>&2
  echo If there is one in an unusual place, set JAVA_HOME to it. 1>&2
  exit /b 8
)
if not exist "%LIB%\claudemesh.jar" (
  echo claudemesh: building from source, this takes a minute or two 1>&2
  set "JAVA_HOME=%JDK%"
  pushd "%ROOT%"
  call mvnw.cmd -B -q -DskipTests -pl cli -am package 1>&2
  if errorlevel 1 (
    popd
    echo claudemesh: the build failed, see above 1>&2
    exit /b 8
  )
  popd
)
rem The same flags as in the script beside it, which says why.
set "SHORT=-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=10 -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -Djdk.reflect.useNativeAccessorOnly=true -Djdk.console=java.base"
set "WAY=cli"
set "FLAGS=-Xms24m -Xmn14m -Xmx64m %SHORT%"
set "JARS=%LIB%\claudemesh.jar"
if "%~1"=="mcp" (
  set "WAY=mcp"
  set "FLAGS=-Xms8m -Xmx96m %SHORT%"
)
if "%~1"=="broker" set "WAY=broker"
if "%~1"=="demo" set "WAY=broker"
if "%WAY%"=="broker" (
  set "FLAGS=-XX:+UseSerialGC -Xms24m -Xmx220m -XX:NewRatio=1 -XX:MaxNewSize=140m -XX:SurvivorRatio=4 -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 -XX:TrimNativeHeapInterval=5000"
  set "JARS=%LIB%\*"
)
set "CACHE="
if not "%CLAUDEMESH_AOT%"=="off" if exist "%ROOT%aot\%WAY%.aot" set "CACHE="-XX:AOTCache=%ROOT%aot\%WAY%.aot""
"%JDK%\bin\java.exe" %FLAGS% %CACHE% -Xlog:disable -Xlog:all=error:stderr -XX:-UsePerfData --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dfile.encoding=UTF-8 "-Dclaudemesh.launcher=%~f0" %CLAUDEMESH_JAVA_OPTS% -cp "%JARS%" dev.claudemesh.cli.Main %*
exit /b %ERRORLEVEL%

:try
if exist "%~1\bin\java.exe" findstr /b /c:"JAVA_VERSION=\"25" "%~1\release" >nul 2>&1 && set "JDK=%~1"
exit /b 0
