@echo error: on Windows this project runs only in WSL, because only file modes keep its files private; run it in WSL 1>&2
@exit /b 1
