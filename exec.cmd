@echo error: this project runs on Linux and macOS, and on Windows in WSL, as only a mode keeps files private; run it there 1>&2
@exit /b 1
